using System.Text;

namespace OS2iot.Api.Documents;

/// <summary>Names of code as words for people.</summary>
internal static class Words
{
    /// <summary>PayloadDecoders, payload-decoder and payloadDecoder become "Payload decoders", "payload decoder" and "payload decoder".</summary>
    public static string Of(string name)
    {
        var words = new StringBuilder(name.Length + 4);
        foreach (var (index, letter) in name.Index())
        {
            var begins = index > 0 && char.IsUpper(letter) && !char.IsUpper(name[index - 1]);
            words.Append(begins ? " " : "").Append(letter == '-' ? ' ' : index == 0 || !begins ? letter : char.ToLowerInvariant(letter));
        }

        return words.ToString();
    }
}

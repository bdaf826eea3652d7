using System.Globalization;

namespace OS2iot.Portal.Language;

/// <summary>
/// Something that users read, in every language there is. A text without one of them doesn't compile; it stands in the feature that
/// shows it, one line per text.
/// </summary>
internal sealed class Text(string danish, string english)
{
    public string Danish { get; } = danish;

    public string English { get; } = english;

    public static implicit operator string(Text text) => text.ToString();

    /// <summary>In the language of the request.</summary>
    public override string ToString() => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "da" ? Danish : English;

    /// <summary>With values at its numbered places.</summary>
    public string With(params object?[] values) => string.Format(CultureInfo.CurrentCulture, ToString(), values);
}

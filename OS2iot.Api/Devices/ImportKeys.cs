using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using OS2iot.Api.Http;
using OS2iot.Core.Secrets;

namespace OS2iot.Api.Devices;

/// <summary>
/// Tells by which key the row of a file is known when it comes again: a file that is sent twice has the same rows, but two files may
/// well have equal ones.
/// </summary>
internal sealed class ImportKeys(LookupHash lookupHash)
{
    /// <summary>Of a client that says itself what belongs to one import.</summary>
    public const string Header = "Idempotency-Key";

    public const int MaxLength = 255;

    private static readonly JsonSerializerOptions Canonical =
        WireJson.Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Converters = { new AbsentElements() } });

    /// <param name="rows">Of one request.</param>
    /// <param name="userId">Whose word the import's name is.</param>
    /// <param name="import">What the client calls the import. Without it, the rows together are the import.</param>
    public List<byte[]> Of(IReadOnlyList<CreateDeviceRequest> rows, int userId, string? import)
    {
        var texts = rows.Select(r => JsonSerializer.Serialize(r, Canonical)).ToList();
        var scope = import is null
            ? Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', texts))))
            : string.Create(CultureInfo.InvariantCulture, $"{userId} {import}");
        var times = new Dictionary<string, int>();
        return [.. texts.Select(text => lookupHash.Of(string.Create(
            CultureInfo.InvariantCulture, $"import\n{scope}\n{times[text] = times.GetValueOrDefault(text) + 1}\n{text}")))];
    }

    // A member that was not sent has no element, which is nothing to write.
    private sealed class AbsentElements : JsonConverter<JsonElement>
    {
        public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options)
        {
            if (value.ValueKind == JsonValueKind.Undefined)
            {
                writer.WriteNullValue();
            }
            else
            {
                value.WriteTo(writer);
            }
        }
    }
}

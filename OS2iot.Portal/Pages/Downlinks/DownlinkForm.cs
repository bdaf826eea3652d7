using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Rendering;

namespace OS2iot.Portal.Pages.Downlinks;

/// <summary>A message to a device as a user fills it in.</summary>
internal sealed class DownlinkForm
{
    public const string AsBytes = "bytes";

    public const string AsJson = "json";

    public static readonly string[] Fields = ["data", "payload", "port"];

    public static IEnumerable<SelectListItem> Contents => [new(DownlinkTexts.Bytes, AsBytes), new(DownlinkTexts.Json, AsJson)];

    public string? Content { get; set; } = AsBytes;

    /// <summary>Hex digits; spaces between them are nothing.</summary>
    public string? Data { get; set; }

    /// <summary>JSON.</summary>
    public string? Payload { get; set; }

    public string? Port { get; set; }

    public bool Confirmed { get; set; }

    /// <summary>Finds what can't be sent at all; everything else is the Api's to judge.</summary>
    public bool IsReadable(ModelStateDictionary state)
    {
        if (Content == AsJson && !IsJson())
        {
            state.AddModelError("Form.Payload", DownlinkTexts.NotJson);
        }

        if (!string.IsNullOrWhiteSpace(Port) && Number(Port) is null)
        {
            state.AddModelError("Form.Port", DownlinkTexts.NotAPort);
        }

        return state.IsValid;
    }

    public Dictionary<string, object?> ToRequest()
    {
        var request = new Dictionary<string, object?> { ["confirmed"] = Confirmed };
        if (Content == AsJson)
        {
            request["payload"] = JsonSerializer.Deserialize<JsonElement>(Payload ?? "null");
        }
        else
        {
            request["data"] = string.Concat((Data ?? "").Where(c => !char.IsWhiteSpace(c)));
        }

        if (Number(Port) is { } port)
        {
            request["port"] = port;
        }

        return request;
    }

    private static int? Number(string? text) =>
        int.TryParse(text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private bool IsJson()
    {
        try
        {
            using var json = JsonDocument.Parse(Payload ?? "");
            return json.RootElement.ValueKind != JsonValueKind.Null;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using OS2iot.Portal.Components;

namespace OS2iot.Portal.Pages.Devices;

/// <summary>A device as a user fills it in. Numbers are texts here, so that both decimal marks are understood.</summary>
internal sealed class DeviceForm
{
    public static readonly string[] Fields = ["name", "comment", "commentOnLocation", "latitude", "longitude", "metadata"];

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string? Name { get; set; }

    public string? Comment { get; set; }

    public string? Latitude { get; set; }

    public string? Longitude { get; set; }

    public string? CommentOnLocation { get; set; }

    /// <summary>One pair on each line: key = value.</summary>
    public string? Metadata { get; set; }

    /// <summary>Of MQTT devices only.</summary>
    public MqttFields Mqtt { get; set; } = new();

    /// <summary>How the device connects; not for the user to change.</summary>
    [BindNever]
    public string Type { get; set; } = "GENERIC_HTTP";

    public static DeviceForm From(Device device) => new()
    {
        Type = device.Type,
        Mqtt = MqttFields.From(device.MqttInternalBrokerSettings ?? device.MqttExternalBrokerSettings),
        Name = device.Name,
        Comment = device.Comment,
        Latitude = device.Location?.Latitude.ToString(CultureInfo.InvariantCulture),
        Longitude = device.Location?.Longitude.ToString(CultureInfo.InvariantCulture),
        CommentOnLocation = device.CommentOnLocation,
        Metadata = string.Join('\n', device.Pairs().Select(p => $"{p.Key} = {p.Value}")),
    };

    /// <summary>Finds what can't be sent at all; everything else is the Api's to judge.</summary>
    public bool IsReadable(ModelStateDictionary state)
    {
        Check(state, IsNumber(Latitude), nameof(Latitude), ProblemTexts.NotANumber);
        Check(state, IsNumber(Longitude), nameof(Longitude), ProblemTexts.NotANumber);
        Check(state, string.IsNullOrWhiteSpace(Latitude) == string.IsNullOrWhiteSpace(Longitude), nameof(Longitude), DeviceTexts.BothCoordinates);
        Check(state, Lines().All(line => line.Contains('=')), nameof(Metadata), DeviceTexts.MetadataLine);
        Check(state, Lines().Select(KeyOf).Distinct().Count() == Lines().Count(), nameof(Metadata), ProblemTexts.Codes["DUPLICATE-METADATA-KEY"]);
        return Mqtt.IsReadable(state, Type);
    }

    public Dictionary<string, object?> ToRequest(int? id, string type, int applicationId)
    {
        var request = new Dictionary<string, object?>
        {
            ["name"] = Name ?? "",
            ["type"] = type,
            ["applicationId"] = applicationId,
            ["latitude"] = Number(Latitude),
            ["longitude"] = Number(Longitude),
            ["commentOnLocation"] = CommentOnLocation,
            ["comment"] = Comment,
            ["metadata"] = Lines().Any() ? JsonSerializer.Serialize(Lines().ToDictionary(KeyOf, ValueOf), Readable) : null,
        };
        if (id is not null)
        {
            request["id"] = id;
        }

        Mqtt.AddTo(request, type);
        return request;
    }

    private IEnumerable<string> Lines() => (Metadata ?? "").Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0);

    private static string KeyOf(string line) => line[..Math.Max(0, line.IndexOf('='))].Trim();

    private static string ValueOf(string line) => line[(line.IndexOf('=') + 1)..].Trim();

    private static bool IsNumber(string? text) => string.IsNullOrWhiteSpace(text) || Number(text) is not null;

    private static double? Number(string? text) =>
        double.TryParse(text?.Trim().Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : null;

    private static void Check(ModelStateDictionary state, bool holds, string field, string text)
    {
        if (!holds)
        {
            state.AddModelError($"Form.{field}", text);
        }
    }
}

using System.Text.Json;
using OS2iot.Api.Validation;

namespace OS2iot.Api.Sigfox;

/// <summary>What a request says of a device at Sigfox.</summary>
internal sealed class SigfoxSettings
{
    public const string Name = "sigfoxSettings";

    public const int DeviceIdMaxLength = 8;

    public const int DeviceTypeIdMaxLength = 24;

    public const int PacMaxLength = 64;

    public const int CertificateMaxLength = 100;

    public static Shape Shape { get; } = new()
    {
        ["deviceId"] = Hex(DeviceIdMaxLength),
        ["groupId"] = Is.Id(),
        ["connectToExistingDeviceInBackend"] = Is.Boolean().Optional(),
        ["deviceTypeId"] = Hex(DeviceTypeIdMaxLength).When(b => !IsTrue(b, "connectToExistingDeviceInBackend")),
        ["pac"] = Hex(PacMaxLength).When(b => !IsTrue(b, "connectToExistingDeviceInBackend")),
        ["endProductCertificate"] = Is.Text().AtMost(CertificateMaxLength)
            .When(b => !IsTrue(b, "connectToExistingDeviceInBackend") && !IsTrue(b, "prototype")),
        ["prototype"] = Is.Boolean().Optional(),
    };

    public string DeviceId { get; init; } = "";

    /// <summary>Of our group, not Sigfox's.</summary>
    public int GroupId { get; init; }

    /// <summary>Exactly false: Sigfox does not have the device yet. Otherwise it does.</summary>
    public bool? ConnectToExistingDeviceInBackend { get; init; }

    /// <summary>At Sigfox. Of a device that Sigfox has this and what follows need not be sent, and is not checked then.</summary>
    public JsonElement? DeviceTypeId { get; init; }

    public JsonElement? Pac { get; init; }

    public JsonElement? EndProductCertificate { get; init; }

    public bool? Prototype { get; init; }

    public static Field Hex(int maxLength) => Is.Text()
        .Rule(
            "isHexadecimal",
            v => v.ValueKind == JsonValueKind.String && v.GetString() is { Length: > 0 } text && text.All(char.IsAsciiHexDigit),
            p => $"{p} must be a hexadecimal number")
        .AtMost(maxLength);

    public static string? Text(JsonElement? member) =>
        member is { ValueKind: JsonValueKind.String } && member.Value.GetString() is { Length: > 0 and <= CertificateMaxLength } text
            ? text
            : null;

    private static bool IsTrue(JsonElement body, string name) => Shape.Member(body, name) is { ValueKind: JsonValueKind.True };
}

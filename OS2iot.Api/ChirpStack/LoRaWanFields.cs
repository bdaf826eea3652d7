using System.Text.Json;
using OS2iot.Api.Validation;

namespace OS2iot.Api.ChirpStack;

/// <summary>Rules for members whose form LoRaWAN lays down.</summary>
internal static class LoRaWanFields
{
    /// <summary>Exactly so many hexadecimal digits.</summary>
    public static Field Hex(int digits) => new Field()
        .Rule("isHexadecimal", IsHex, p => $"{p} must be a hexadecimal number")
        .Rule("isLength", v => LengthOf(v) >= digits, p => $"{p} must be longer than or equal to {digits} characters")
        .Rule("isLength", v => LengthOf(v) is null || LengthOf(v) <= digits, p => $"{p} must be shorter than or equal to {digits} characters", onAbsent: false)
        .Describe(s => (s.MinLength, s.MaxLength) = (digits, digits));

    /// <summary>Bytes as hexadecimal digits, up to so many.</summary>
    public static Field Bytes(int maxBytes) => new Field()
        .Rule("isString", v => v.ValueKind == JsonValueKind.String, p => $"{p} must be a string")
        .Rule("matches", v => IsHex(v) && LengthOf(v) % 2 == 0, _ => "Must be hexadecimal")
        .AtMost(maxBytes * 2);

    /// <summary>An unsigned number of 32 bits.</summary>
    public static Field UInt32() => new Field()
        .Rule("isInt", v => v.ValueKind == JsonValueKind.Number && v.TryGetDouble(out var n) && Math.Floor(n) == n, p => $"{p} must be an integer number")
        .AtLeast(0).NotAbove(uint.MaxValue);

    /// <summary>A number of one of the network's enumerations; clients may send it as text.</summary>
    public static Field Choice(int last) => new Field()
        .Rule("isInt", v => ChoiceOf(v) is not null, p => $"{p} must be an integer number")
        .Rule("isNotEmpty", v => v.ValueKind is not JsonValueKind.Null && LengthOf(v) != 0, p => $"{p} should not be empty")
        .Rule("min", v => ChoiceOf(v) is null or >= 0, p => $"{p} must not be less than 0", onAbsent: false)
        .Rule("max", v => ChoiceOf(v) is not { } n || n <= last, p => $"{p} must not be greater than {last}", onAbsent: false);

    /// <summary>What a member that keeps the rules of <see cref="Choice"/> says.</summary>
    public static int? ChoiceOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number when value.TryGetInt32(out var number) => number,
        JsonValueKind.String when int.TryParse(value.GetString(), System.Globalization.NumberStyles.None, null, out var number) => number,
        _ => null,
    };

    public static Field Uuid() => new Field().Rule(
        "isUuid", v => v.ValueKind == JsonValueKind.String && v.TryGetGuid(out _), p => $"{p} must be a UUID");

    /// <summary>An object with members of its own that must be there.</summary>
    public static Field Object(Shape members) => Is.Object(members).Rule(
        "nestedValidation", v => v.ValueKind == JsonValueKind.Object, p => $"nested property {p} must be either object or array");

    private static bool IsHex(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && text.All(char.IsAsciiHexDigit);

    private static int? LengthOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()!.Length : null;
}

using System.Globalization;
using System.Net.Mail;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.OpenApi;

namespace OS2iot.Api.Validation;

/// <summary>Beginnings of a member's rules. Keys and texts are part of the wire format: clients show and translate them.</summary>
internal static partial class Is
{
    /// <summary>Takes time in proportion to the text: a limit of time would refuse a good address where a machine is busy.</summary>
    private static readonly Regex EmailPattern = new(
        @"^[^\s@<>()\[\],;:""\\]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}][\p{L}\p{N}-]+$", RegexOptions.NonBacktracking);

    public static Field Text() => new Field().Rule("isString", IsText, p => $"{p} must be a string");

    public static Field Boolean() => new Field().Rule(
        "isBoolean", v => v.ValueKind is JsonValueKind.True or JsonValueKind.False, p => $"{p} must be a boolean value");

    public static Field Number() => new Field().Rule(
        "isNumber", v => Double(v) is not null, p => $"{p} must be a number conforming to the specified constraints");

    public static Field Integer() => new Field().Rule(
        "isInt", v => Double(v) is { } n && Math.Floor(n) == n, p => $"{p} must be an integer number").FitsInt32();

    /// <summary>The id of a row.</summary>
    public static Field Id() => Number().AtLeast(1).FitsInt32();

    /// <summary>An id that may also come as digits in a text.</summary>
    public static Field LenientId() => new Field()
        .Rule("isNumber", v => LenientDouble(v) is not null, p => $"{p} must be a number conforming to the specified constraints")
        .Rule("min", v => LenientDouble(v) >= 1, p => $"{p} must not be less than 1")
        .Describe(s => (s.Type, s.Minimum) = (JsonSchemaType.Integer | JsonSchemaType.String, "1"));

    public static Field Ids() => new Field()
        .Rule("isArray", v => v.ValueKind == JsonValueKind.Array, p => $"{p} must be an array")
        .Rule(
            "isInt", v => v.ValueKind == JsonValueKind.Array && v.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Number && e.TryGetInt32(out _)),
            p => $"each value in {p} must be an integer number")
        .Describe(s => s.Items = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" });

    public static Field NotEmpty(this Field field) => field.Rule(
        "arrayNotEmpty", v => v.ValueKind == JsonValueKind.Array && v.GetArrayLength() > 0, p => $"{p} should not be empty");

    public static Field Distinct(this Field field) => field.Rule(
        "arrayUnique", v => v.ValueKind == JsonValueKind.Array && v.EnumerateArray().Select(e => e.GetRawText()).Distinct().Count() == v.GetArrayLength(),
        p => $"All {p}'s elements must be unique");

    public static Field OneOf(IReadOnlyCollection<string> words) => new Field().AndOneOf(words);

    public static Field AndOneOf(this Field field, IReadOnlyCollection<string> words) => field.Rule(
        "isEnum", v => IsText(v) && words.Contains(v.GetString()!),
        p => $"{p} must be one of the following values: {string.Join(", ", words)}").Describe(s => s.Enum = Words(words));

    /// <summary>An array of different words from a list.</summary>
    public static Field SomeOf(IReadOnlyCollection<string> words) => new Field()
        .Rule("isArray", v => v.ValueKind == JsonValueKind.Array, p => $"{p} must be an array")
        .Distinct()
        .Rule(
            "isEnum", v => v.ValueKind == JsonValueKind.Array && v.EnumerateArray().All(e => IsText(e) && words.Contains(e.GetString()!)),
            p => $"each value in {p} must be one of the following values: {string.Join(", ", words)}")
        .Describe(s => s.Items = new OpenApiSchema { Type = JsonSchemaType.String, Enum = Words(words) });

    /// <summary>ISO 8601: a date, or date and time.</summary>
    public static Field Time() => new Field().Rule(
        "isDateString", v => IsText(v) && v.TryGetDateTimeOffset(out _), p => $"{p} must be a valid ISO 8601 date string");

    public static Field Email() => new Field().Rule("isEmail", v => IsText(v) && IsEmail(v.GetString()!), p => $"{p} must be an email");

    /// <summary>A text that is also an address, of http or https where no schemes are named.</summary>
    public static Field AndUrl(this Field field, params string[] schemes) => field.Rule(
        "isUrl", v => IsText(v) && IsUrl(v.GetString()!, schemes is [] ? ["http", "https"] : schemes), p => $"{p} must be a URL address");

    /// <summary>An object with members of its own.</summary>
    public static Field Object(Shape members) => new Field().Members(members);

    /// <summary>An array of objects.</summary>
    public static Field ArrayOf(Shape elements) => new Field()
        .Rule("isArray", v => v.ValueKind == JsonValueKind.Array, p => $"{p} must be an array")
        .Elements(elements);

    /// <summary>An array of so many elements.</summary>
    public static Field OfSize(this Field field, int min, int max) => field
        .Rule(
            "arrayMinSize", v => v.ValueKind == JsonValueKind.Array && v.GetArrayLength() >= min, p => $"{p} must contain at least {min} elements")
        .Rule(
            "arrayMaxSize", v => v.ValueKind == JsonValueKind.Array && v.GetArrayLength() <= max, p => $"{p} must contain no more than {max} elements");

    /// <summary>Whatever it is, it was sent.</summary>
    public static Field Anything() => new();

    public static Field Length(this Field field, int min, int max) => field.AtLeastLong(min).AtMost(max);

    public static Field AtLeastLong(this Field field, int length) => field.Rule(
        "minLength", v => IsText(v) && LengthOf(v) >= length, p => $"{p} must be longer than or equal to {length} characters").Describe(s => s.MinLength = length);

    public static Field AtMost(this Field field, int length) => field.Rule(
        "maxLength", v => IsText(v) && LengthOf(v) <= length, p => $"{p} must be shorter than or equal to {length} characters").Describe(s => s.MaxLength = length);

    public static Field NotBlank(this Field field) => field.Rule(
        "isNotBlank", v => IsText(v) && !string.IsNullOrWhiteSpace(v.GetString()), _ => "");

    public static Field AtLeast(this Field field, double min) => field.Rule(
        "min", v => Double(v) >= min, p => string.Create(CultureInfo.InvariantCulture, $"{p} must not be less than {min}")).Describe(s => s.Minimum = min.ToString(CultureInfo.InvariantCulture));

    public static Field NotAbove(this Field field, double max) => field.Rule(
        "max", v => Double(v) <= max, p => string.Create(CultureInfo.InvariantCulture, $"{p} must not be greater than {max}")).Describe(s => s.Maximum = max.ToString(CultureInfo.InvariantCulture));

    /// <summary>Six or more digits, spaces' stand-ins and pluses in a row.</summary>
    public static Field PhoneNumber(this Field field) => field.Rule(
        "isPhoneNumberString", v => IsText(v) && PhoneNumberPattern().IsMatch(v.GetString()!), p => $"{p} must be a phone number");

    // Only numbers that are whole and too large break these: a missing or mistyped one has its own rule.
    private static Field FitsInt32(this Field field) => field
        .Rule(
            "isInt", v => v.ValueKind != JsonValueKind.Number || (Double(v) is { } n && Math.Floor(n) == n),
            p => $"{p} must be an integer number", onAbsent: false)
        .Rule(
            "max", v => v.ValueKind != JsonValueKind.Number || Double(v) <= int.MaxValue,
            p => $"{p} must not be greater than {int.MaxValue}", onAbsent: false);

    private static List<JsonNode> Words(IEnumerable<string> words) => [.. words.Select(JsonNode (w) => w)];

    private static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;

    private static int LengthOf(JsonElement value) => value.GetString()!.EnumerateRunes().Count();

    private static double? Double(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    private static double? LenientDouble(JsonElement value) => Double(value)
        ?? (IsText(value) && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null);

    private static bool IsEmail(string text) =>
        text.Length <= 254 && MailAddress.TryCreate(text, out var address) && address.Address == text && EmailPattern.IsMatch(text);

    private static bool IsUrl(string text, string[] schemes) =>
        !text.Any(char.IsWhiteSpace) && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Host.Length > 0
        && schemes.Contains(url.Scheme, StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex("[-+0-9]{6,}")]
    private static partial Regex PhoneNumberPattern();
}

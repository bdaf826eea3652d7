using System.Text.Json;

namespace OS2iot.Tests.Api;

/// <summary>Which members clients find in answers. More may be there; none of these may be missing, nulls included.</summary>
internal static class Shapes
{
    public const string Row = "id createdAt updatedAt";
    public const string Author = "createdBy updatedBy";
    public const string Organization = Row + " name openDataDkRegistered";
    public const string Permission = Row + " name automaticallyAddNewApplications applicationIds";
    public const string TypeRow = Row + " type";
    public const string User = Row + " name email active lastLogin nameId awaitingConfirmation isSystemUser showWelcomeScreen";

    public const string Application =
        Row + " name description status startDate endDate category owner contactPerson contactEmail contactPhone personalData hardware chirpstackId permissionIds";

    public const string Device = Row + " name location commentOnLocation comment metadata type";
    public const string HttpDevice = Device + " apiKey";
    public const string ReceivedMessage = Row + " rawData sentTime rssi snr";
    public const string ReceivedMetadata = Row + " sentTime signalData";
    public const string Decoder = Row + " name decodingFunction";
    public const string DataTarget = Row + " type name";
    public const string HttpPush = DataTarget + " url timeout authorizationHeader";

    private static readonly string[] Secrets = ["passwordHash", "password", "keyHash"];

    private static readonly string[] ConcealedSecrets = ["clientSecret", "basicPassword", "clientKey", "signingSecret", "previousSigningSecret", "mqttPassword"];

    /// <summary>Has all members of the shapes, and no secret.</summary>
    public static JsonElement Has(this JsonElement element, params string[] shapes)
    {
        Assert.Equal(JsonValueKind.Object, element.ValueKind);
        var present = element.EnumerateObject().Select(m => m.Name).ToHashSet(StringComparer.Ordinal);
        var missing = shapes.SelectMany(s => s.Split(' ')).Where(name => !present.Contains(name)).ToList();
        Assert.True(missing.Count == 0, $"Missing {string.Join(", ", missing)} in {element.GetRawText()}");
        Assert.DoesNotContain(Secrets, present.Contains);

        // Those of a data target are there, and say nothing.
        Assert.DoesNotContain(ConcealedSecrets, name => element.TryGetProperty(name, out var secret) && secret.ValueKind != JsonValueKind.Null);
        return element;
    }

    /// <summary>The first of a list's rows, which there must be.</summary>
    public static JsonElement First(this Answer list)
    {
        list.Json.Has("data", "count");
        return list["data"].EnumerateArray().First();
    }

    public static JsonElement First(this JsonElement element, string member) => element.GetProperty(member).EnumerateArray().First();
}

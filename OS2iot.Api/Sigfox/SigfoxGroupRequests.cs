using System.Text.Json;
using System.Text.Json.Serialization;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

/// <summary>Which organization's groups.</summary>
internal sealed class ListSigfoxGroupsRequest : IQueryRequest
{
    public int OrganizationId { get; private set; }

    public void Read(QueryReader query) => OrganizationId = query.Id("organizationId");
}

/// <summary>Through which of our groups Sigfox is asked.</summary>
internal sealed class OfSigfoxGroupRequest : IQueryRequest
{
    public int GroupId { get; private set; }

    public void Read(QueryReader query) => GroupId = query.Id("groupId");
}

/// <summary>An API user at Sigfox.</summary>
internal class SigfoxLoginRequest
{
    protected static readonly KeyValuePair<string, Field>[] Fields =
    [
        new("username", Is.Text().Length(1, SigfoxGroup.CredentialMaxLength).Rule(
            "matches",
            v => v.ValueKind == JsonValueKind.String && !v.GetString()!.Contains(':'),
            p => $"{p} must not contain a colon",
            onAbsent: false)),
        new("password", Is.Text().AtMost(SigfoxGroup.CredentialMaxLength)),
    ];

    public string Username { get; init; } = "";

    public string Password { get; init; } = "";

    [JsonIgnore]
    public SigfoxLogin Login => new(Username, Password);
}

internal sealed class UpdateSigfoxGroupRequest : SigfoxLoginRequest, IBodyRequest
{
    public static Shape Shape { get; } = new(Fields);
}

internal sealed class CreateSigfoxGroupRequest : SigfoxLoginRequest, IBodyRequest
{
    public static Shape Shape { get; } = new(Fields) { ["organizationId"] = Is.Id() };

    public int OrganizationId { get; init; }
}

using System.Text.Json;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Permissions;

/// <summary>What a new user group and a changed one have in common.</summary>
internal class PermissionRequest
{
    protected static readonly KeyValuePair<string, Field>[] Fields =
    [
        new("name", Is.Text().Length(1, Permission.NameMaxLength)),
        new("applicationIds", Is.Ids().Optional()),
        new("automaticallyAddNewApplications", Is.Boolean().Optional()),
    ];

    public string Name { get; init; } = "";

    /// <summary>Who is in the group; of a changed one they stay when this is absent.</summary>
    public int[]? UserIds { get; init; }

    /// <summary>Which applications it opens; none when absent.</summary>
    public int[]? ApplicationIds { get; init; }

    /// <summary>New applications of the organization are added by themselves.</summary>
    public Optional<bool?> AutomaticallyAddNewApplications { get; init; }
}

internal sealed class UpdatePermissionRequest : PermissionRequest, IBodyRequest
{
    public static Shape Shape { get; } = new(Fields) { ["userIds"] = Is.Ids().Optional() };
}

internal sealed class CreatePermissionRequest : PermissionRequest, IBodyRequest
{
    /// <summary>The right of the global administrators is in no group that one can make.</summary>
    private static readonly string[] TypesToGive = [.. Enum.GetValues<PermissionType>().Where(t => t != PermissionType.GlobalAdmin).Select(t => t.ToString())];

    public static Shape Shape { get; } = new(Fields)
    {
        ["userIds"] = Is.Ids(),
        ["organizationId"] = Is.Id(),
        ["levels"] = Is.ArrayOf(new Shape { ["type"] = Is.OneOf(TypesToGive) })
            .NotEmpty()
            .Rule("ArrayDistinct", AreDistinct, _ => ErrorCodes.DuplicatePermissionTypes),
    };

    public int OrganizationId { get; init; }

    public Level[] Levels { get; init; } = [];

    private static bool AreDistinct(JsonElement levels) =>
        levels.ValueKind == JsonValueKind.Array
        && levels.EnumerateArray().Select(l => Validation.Shape.Member(l, "type")?.GetRawText()).Distinct().Count() == levels.GetArrayLength();

    /// <param name="Type">What the group gives.</param>
    internal sealed record Level(string Type);
}

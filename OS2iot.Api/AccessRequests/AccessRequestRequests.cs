using OS2iot.Api.Http;
using OS2iot.Api.Validation;

namespace OS2iot.Api.AccessRequests;

internal sealed class CreateNewKombitUserRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["email"] = Is.Email(),
        ["requestedOrganizationIds"] = Is.Ids().NotEmpty(),
    };

    public string Email { get; init; } = "";

    public int[] RequestedOrganizationIds { get; init; } = [];
}

internal sealed class UpdateUserOrganizationsRequest : IBodyRequest
{
    public static Shape Shape { get; } = new() { ["requestedOrganizationIds"] = Is.Ids().NotEmpty() };

    public int[] RequestedOrganizationIds { get; init; } = [];
}

/// <param name="RequestedOrganizationIds">As they were asked for.</param>
internal sealed record RequestedOrganizationsResponse(IReadOnlyList<int> RequestedOrganizationIds);

internal sealed class RejectUserRequest : IBodyRequest
{
    public static Shape Shape { get; } = new() { ["orgId"] = Is.Id(), ["userIdToReject"] = Is.Id(), ["reason"] = AccessRequestReason.Field };

    public int OrgId { get; init; }

    public int UserIdToReject { get; init; }

    /// <summary>Goes into the mail to the user.</summary>
    public string? Reason { get; init; }
}

internal sealed class AcceptUserRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["organizationId"] = Is.Id(),
        ["userId"] = Is.Id(),
        ["permissionIds"] = Is.Ids().NotEmpty().Distinct(),
        ["reason"] = AccessRequestReason.Field,
    };

    public int OrganizationId { get; init; }

    public int UserId { get; init; }

    /// <summary>Groups of the organization; others are passed over.</summary>
    public int[] PermissionIds { get; init; } = [];

    /// <summary>Goes into the mail to the user.</summary>
    public string? Reason { get; init; }
}

/// <summary>What an administrator says to an answer.</summary>
internal static class AccessRequestReason
{
    private const int MaxLength = 1000;

    public static readonly Field Field = Is.Text().AtMost(MaxLength).Optional();
}

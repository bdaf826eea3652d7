using System.Text.Json;
using System.Text.Json.Serialization;
using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

/// <summary>A device type with whatever Sigfox tells of it.</summary>
internal sealed class SigfoxDeviceTypeResponse(JsonElement type)
{
    /// <summary>At Sigfox.</summary>
    public string? Id { get; } = type.Text("id");

    public string? Name { get; } = type.Text("name");

    public string? Description { get; } = type.Text("description");

    /// <summary>Everything else, under Sigfox's names.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> Members { get; } = type.EnumerateObject()
        .Where(m => m.Name is not ("id" or "name" or "description")).ToDictionary(m => m.Name, m => m.Value);
}

/// <summary>One device type, as Sigfox tells it.</summary>
[RefusesWith(StatusCodes.Status401Unauthorized, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable)]
internal sealed class GetSigfoxDeviceType(SigfoxAccess access) : Endpoint<OfSigfoxGroupRequest, SigfoxDeviceTypeResponse>
{
    public override void Configure()
    {
        Get("sigfox-device-type/{id}");
        Policies(Role.Read);
    }

    public override async Task<SigfoxDeviceTypeResponse> ExecuteAsync(OfSigfoxGroupRequest request, CancellationToken ct)
    {
        var group = await access.ReadableGroupAsync(request.GroupId, ct);
        var id = HttpContext.RouteDeviceTypeId();
        return await access.AskAsync(group, (sigfox, login, _) => sigfox.FindDeviceTypeAsync(login, id, ct), ct) is { } found
            ? new SigfoxDeviceTypeResponse(found)
            : throw Refusal.NotFound();
    }
}

using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;
using OS2iot.Core.Secrets;

namespace OS2iot.Api.ChirpStack;

/// <summary>Adds a multicast group to an application that the caller may change.</summary>
internal sealed class CreateMulticastGroup(AppDbContext db, Caller caller, MulticastReader reader, SecretProtector protector, ChirpStackSaves saves)
    : Endpoint<CreateMulticastRequest, MulticastDetails>
{
    public override void Configure()
    {
        Post("multicast");
        Policies(Role.Read);
    }

    public override async Task<MulticastDetails> ExecuteAsync(CreateMulticastRequest request, CancellationToken ct)
    {
        var applicationId = request.ApplicationId!.Value;
        await db.Applications.CheckGroupsWritableAsync(applicationId, caller, ct);
        var group = new MulticastGroup
        {
            Name = "",
            ApplicationId = applicationId,
            LoRaWan = new LoRaWanMulticast { Address = "", NetworkSessionKeyCiphertext = "", ApplicationSessionKeyCiphertext = "", GroupType = "" },
        };
        request.ApplyTo(group, group.LoRaWan, protector);
        group.Devices.AddRange(await db.FindMembersAsync(applicationId, request.Devices ?? [], ErrorCodes.PostFailed, ct));
        db.MulticastGroups.Add(group);
        await saves.SaveAsync(Refusal.BadRequest, ct);
        return await reader.FindAsync(group.Id, ct) ?? throw Refusal.NotFound();
    }
}

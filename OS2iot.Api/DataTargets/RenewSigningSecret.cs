using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.DataTargets.HttpPush;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.DataTargets;

/// <param name="SigningSecret">For the receiver. It is not shown again.</param>
internal sealed record SigningSecretResponse(string SigningSecret);

/// <summary>Makes the secret that signs an HTTP push target's messages. The former one signs too, until the next one is made.</summary>
internal sealed class RenewSigningSecret(AppDbContext db, Caller caller, DataTargetSettings settings) : EndpointWithoutRequest<SigningSecretResponse>
{
    public override void Configure()
    {
        Post("data-target/{id}/signing-secret");
        Policies(Role.Read);
    }

    public override async Task<SigningSecretResponse> ExecuteAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        await using var transaction = await db.LockAsync<DataTarget>(id, ct);
        var target = await db.DataTargets.WritableBy(caller).SingleOrDefaultAsync(t => t.Id == id, ct)
            ?? throw await db.DataTargets.MissingAsync(id, ct);
        var type = DataTargetTypes.Find(target.Type)!;
        if (settings.Read(type, target.Settings) is not HttpPushSettings push)
        {
            throw Refusal.BadRequest("Only data targets of the type HTTP_PUSH are sent signed messages");
        }

        push.PreviousSigningSecret = push.SigningSecret;
        push.SigningSecret = WebhookSignature.NewSecret();
        target.Settings = settings.Write(type, push, target.Settings);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new SigningSecretResponse(push.SigningSecret);
    }
}

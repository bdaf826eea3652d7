using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Core.ChirpStack;

namespace OS2iot.Api.ChirpStack;

/// <summary>How the network can choose data rates: what ChirpStack brings along, and what it was given besides.</summary>
internal sealed class ListAdrAlgorithms(ChirpStackClient client) : EndpointWithoutRequest<AdrAlgorithmsResponse>
{
    /// <summary>What every ChirpStack has.</summary>
    private static readonly AdrAlgorithmsResponse Algorithms = new(
    [
        new("default", "Default ADR algorithm (LoRa only)"),
        new("lora_lr_fhss", "LoRa & LR-FHSS ADR algorithm"),
        new("lr_fhss", "LR-FHSS only ADR algorithm"),
    ]);

    public override void Configure()
    {
        Get("chirpstack/device-profiles/adr-algorithms");
        Policies(Role.Read);
    }

    public override async Task<AdrAlgorithmsResponse> ExecuteAsync(CancellationToken ct)
    {
        try
        {
            return client.IsConfigured
                ? new AdrAlgorithmsResponse([.. (await client.DeviceProfiles.ListAdrAlgorithmsAsync(ct)).Select(a => new AdrAlgorithm(a.Id, a.Name))])
                : Algorithms;
        }
        catch (ChirpStackException)
        {
            return Algorithms;
        }
    }
}

using FastEndpoints;
using OS2iot.Api.Auth;

namespace OS2iot.Api.ChirpStack;

/// <summary>How the network can choose data rates: what ChirpStack brings along.</summary>
internal sealed class ListAdrAlgorithms : EndpointWithoutRequest<AdrAlgorithmsResponse>
{
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

    public override Task<AdrAlgorithmsResponse> ExecuteAsync(CancellationToken ct) => Task.FromResult(Algorithms);
}

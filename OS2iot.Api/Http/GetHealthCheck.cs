using FastEndpoints;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OS2iot.Api.Http;

/// <summary>Whether everything that this host needs answers.</summary>
[Answers(typeof(string), "text/plain", Example = "OK")]
[RefusesWith(StatusCodes.Status500InternalServerError)]
internal sealed class GetHealthCheck(HealthCheckService health) : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("healthcheck");
        AllowAnonymous(); // watchdogs have no account; the cause of a failure is in the log only
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var report = await health.CheckHealthAsync(ct);
        if (report.Status == HealthStatus.Unhealthy)
        {
            throw Refusal.Unexpected();
        }

        await Send.StringAsync("OK", cancellation: ct);
    }
}

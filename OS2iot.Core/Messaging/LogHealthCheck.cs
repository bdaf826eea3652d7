using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OS2iot.Core.Messaging;

/// <summary>The log takes records.</summary>
internal sealed class LogHealthCheck(IMessageLog log) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await log.PingAsync(cancellationToken);
        return HealthCheckResult.Healthy();
    }
}

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OS2iot.Portal.Api;

/// <summary>The Api's process answers. Whether it is ready is its own to say.</summary>
internal sealed class ApiHealthCheck(HttpClient http) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            using var response = await http.GetAsync("/health/live", cancellationToken);
            return response.IsSuccessStatusCode
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"The Api answered {(int)response.StatusCode}.");
        }
        catch (HttpRequestException exception)
        {
            return HealthCheckResult.Unhealthy("The Api can't be reached.", exception);
        }
    }
}

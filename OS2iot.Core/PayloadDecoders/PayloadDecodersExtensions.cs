using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace OS2iot.Core.PayloadDecoders;

public static class PayloadDecodersExtensions
{
    /// <summary>Registers the sandbox that runs users' scripts.</summary>
    /// <param name="builder">The host's.</param>
    /// <param name="keepReady">For a host whose work it is; others start it when somebody tries a script.</param>
    public static IHostApplicationBuilder AddPayloadDecoders(this IHostApplicationBuilder builder, bool keepReady = false)
    {
        builder.Services.AddOptions<DecodingOptions>().Configure(options => options.KeepReady = keepReady).BindConfiguration(DecodingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<DecoderSandbox>();
        builder.Services.AddHealthChecks().AddCheck<SandboxCheck>("decoders");
        return builder;
    }

    private sealed class SandboxCheck(DecoderSandbox sandbox) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
            Task.FromResult(sandbox.IsBroken
                ? HealthCheckResult.Unhealthy("The program that runs decoders does not start.")
                : HealthCheckResult.Healthy());
    }
}

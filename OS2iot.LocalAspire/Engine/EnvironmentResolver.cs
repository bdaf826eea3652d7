using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Engine;

/// <summary>Where telemetry goes while the dashboard runs.</summary>
internal sealed record Telemetry(string Endpoint, string ApiKey);

/// <summary>Puts together the variables and arguments of a process: what every project gets, then what its description says.</summary>
internal sealed class EnvironmentResolver(
    DistributedApplicationExecutionContext context, IHostEnvironment environment, Func<Telemetry?> telemetry)
{
    public async Task<Dictionary<string, string>> VariablesAsync(IResource resource, string instanceSuffix, CancellationToken cancellationToken)
    {
        var described = new Dictionary<string, object>();
        if (resource is ProjectResource)
        {
            AddProjectDefaults(described, resource, instanceSuffix);
        }

        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.PortVariable is not null))
        {
            described[endpoint.PortVariable!] = new EndpointReference((IResourceWithEndpoints)resource, endpoint.Name).Property(EndpointProperty.Port);
        }

        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(new EnvironmentCallbackContext(context, resource, described, cancellationToken));
        }

        var variables = new Dictionary<string, string>();
        foreach (var (name, value) in described.Where(variable => variable.Value.WhyNotKnown() is null))
        {
            variables[name] = await ValueAsync(value, cancellationToken);
        }

        return variables;
    }

    public static async Task<List<string>> ArgumentsAsync(IResource resource, IEnumerable<object> first, CancellationToken cancellationToken)
    {
        var described = new List<object>(first);
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            await annotation.Callback(new CommandLineArgsCallbackContext(described, resource, cancellationToken));
        }

        return await ValuesAsync(described, cancellationToken);
    }

    public static async Task<List<string>> ValuesAsync(IEnumerable<object> described, CancellationToken cancellationToken)
    {
        var values = new List<string>();
        foreach (var value in described)
        {
            values.Add(await ValueAsync(value, cancellationToken));
        }

        return values;
    }

    private static async ValueTask<string> ValueAsync(object value, CancellationToken cancellationToken) => value switch
    {
        IValueProvider provider => await provider.GetValueAsync(cancellationToken) ?? "",
        _ => value.ToString() ?? "",
    };

    private void AddProjectDefaults(Dictionary<string, object> variables, IResource resource, string instanceSuffix)
    {
        variables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
        variables["OTEL_SERVICE_NAME"] = resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instanceSuffix}";
        variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
        if (telemetry() is { } target)
        {
            variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = target.Endpoint;
            variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={target.ApiKey}";
        }

        if (environment.IsDevelopment())
        {
            AddWhatMakesTelemetryPrompt(variables);
        }

        var urls = resource.Annotations.OfType<EndpointAnnotation>()
            .Where(endpoint => endpoint.UriScheme is "http" or "https")
            .Select(endpoint => $"{endpoint.UriScheme}://localhost:{endpoint.AllocatedEndpoint!.Port}")
            .ToList();
        if (urls.Count > 0)
        {
            variables["ASPNETCORE_URLS"] = string.Join(';', urls);
        }
    }

    private static void AddWhatMakesTelemetryPrompt(Dictionary<string, object> variables)
    {
        const string OneSecond = "1000";
        variables["OTEL_BLRP_SCHEDULE_DELAY"] = OneSecond;
        variables["OTEL_BSP_SCHEDULE_DELAY"] = OneSecond;
        variables["OTEL_METRIC_EXPORT_INTERVAL"] = OneSecond;
        variables["OTEL_TRACES_SAMPLER"] = "always_on";
        variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
        variables["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true";
        variables["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true";
        variables["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true";
    }
}

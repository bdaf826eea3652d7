using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>Writes the description as a manifest, for tools that deploy it.</summary>
internal sealed class ManifestPublisher(DistributedApplicationBuilder builder)
{
    private const string Schema = "https://json.schemastore.org/aspire-8.0.json";
    private const int DefaultHttpPortOfProject = 8080;
    private static readonly JsonWriterOptions Layout = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        var path = builder.Configuration["output-path"]
            ?? throw new DistributedApplicationException("Say where the manifest goes: --output-path FILE.");
        if (Directory.Exists(path))
        {
            path = Path.Combine(path, "aspire-manifest.json");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        await using var file = File.Create(path);
        await WriteAsync(file, Path.GetDirectoryName(Path.GetFullPath(path))!, cancellationToken);
    }

    internal async Task WriteAsync(Stream stream, string folder, CancellationToken cancellationToken)
    {
        await using var writer = new Utf8JsonWriter(stream, Layout);
        writer.WriteStartObject();
        writer.WriteString("$schema", Schema);
        writer.WriteStartObject("resources");
        foreach (var resource in builder.Resources)
        {
            writer.WriteStartObject(resource.Name);
            await WriteResourceAsync(writer, resource, folder, cancellationToken);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private async Task WriteResourceAsync(Utf8JsonWriter writer, IResource resource, string folder, CancellationToken cancellationToken)
    {
        switch (resource)
        {
            case IResourceWithConnectionString and ParameterResource:
                writer.WriteString("type", "parameter.v0");
                writer.WriteString("connectionString", $"{{{resource.Name}.value}}");
                WriteInput(writer, resource.Name, isSecret: true, null);
                break;

            case ParameterResource parameter:
                writer.WriteString("type", "parameter.v0");
                writer.WriteString("value", $"{{{resource.Name}.inputs.value}}");
                WriteInput(writer, resource.Name, parameter.Secret, parameter.Default as GenerateParameterDefault);
                break;

            case ContainerResource container:
                writer.WriteString("type", "container.v0");
                WriteConnectionString(writer, resource);
                writer.WriteString("image", Engine.Availability.ImageName(resource));
                if (container.Entrypoint is not null)
                {
                    writer.WriteString("entrypoint", container.Entrypoint);
                }

                await WriteArgumentsAsync(writer, resource, cancellationToken);
                WriteMounts(writer, resource, folder);
                await WriteEnvironmentAsync(writer, resource, cancellationToken);
                WriteBindings(writer, resource);
                break;

            case ProjectResource:
                writer.WriteString("type", "project.v0");
                writer.WriteString("path", Path.GetRelativePath(folder, resource.Annotations.OfType<IProjectMetadata>().Last().ProjectPath));
                await WriteArgumentsAsync(writer, resource, cancellationToken);
                await WriteEnvironmentAsync(writer, resource, cancellationToken);
                WriteBindings(writer, resource);
                break;

            case ExecutableResource executable:
                writer.WriteString("type", "executable.v0");
                writer.WriteString("workingDirectory", Path.GetRelativePath(folder, executable.WorkingDirectory));
                writer.WriteString("command", executable.Command);
                await WriteArgumentsAsync(writer, resource, cancellationToken);
                await WriteEnvironmentAsync(writer, resource, cancellationToken);
                WriteBindings(writer, resource);
                break;

            default:
                writer.WriteString("type", "value.v0");
                WriteConnectionString(writer, resource);
                break;
        }
    }

    private static void WriteConnectionString(Utf8JsonWriter writer, IResource resource)
    {
        if (resource is IResourceWithConnectionString connection)
        {
            writer.WriteString("connectionString", connection.ConnectionStringExpression.ValueExpression);
        }
    }

    private static void WriteInput(Utf8JsonWriter writer, string name, bool isSecret, GenerateParameterDefault? generated)
    {
        writer.WriteStartObject("inputs");
        writer.WriteStartObject("value");
        writer.WriteString("type", "string");
        if (isSecret)
        {
            writer.WriteBoolean("secret", true);
        }

        if (generated is not null)
        {
            writer.WriteStartObject("default");
            writer.WriteStartObject("generate");
            writer.WriteNumber("minLength", generated.MinLength);
            foreach (var (kind, isUsed) in new[] { ("lower", generated.Lower), ("upper", generated.Upper), ("numeric", generated.Numeric), ("special", generated.Special) })
            {
                if (!isUsed)
                {
                    writer.WriteBoolean(kind, false);
                }
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static async Task WriteArgumentsAsync(Utf8JsonWriter writer, IResource resource, CancellationToken cancellationToken)
    {
        var arguments = new List<object>();
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            await annotation.Callback(new CommandLineArgsCallbackContext(arguments, resource, cancellationToken));
        }

        if (arguments.Count > 0)
        {
            writer.WriteStartArray("args");
            arguments.ForEach(argument => writer.WriteStringValue(Expression(argument)));
            writer.WriteEndArray();
        }
    }

    private static void WriteMounts(Utf8JsonWriter writer, IResource resource, string folder)
    {
        var mounts = resource.Annotations.OfType<ContainerMountAnnotation>().ToLookup(mount => mount.Type);
        foreach (var (type, listName) in new[] { (ContainerMountType.BindMount, "bindMounts"), (ContainerMountType.Volume, "volumes") })
        {
            if (!mounts.Contains(type))
            {
                continue;
            }

            writer.WriteStartArray(listName);
            foreach (var mount in mounts[type])
            {
                writer.WriteStartObject();
                if (type == ContainerMountType.BindMount)
                {
                    writer.WriteString("source", Path.GetRelativePath(folder, mount.Source!));
                }
                else
                {
                    writer.WriteString("name", mount.Source);
                }

                writer.WriteString("target", mount.Target);
                writer.WriteBoolean("readOnly", mount.IsReadOnly);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }
    }

    private async Task WriteEnvironmentAsync(Utf8JsonWriter writer, IResource resource, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, object>();
        if (resource is ProjectResource)
        {
            variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
            foreach (var endpoint in HttpEndpoints(resource).Take(1))
            {
                var port = new EndpointReference((IResourceWithEndpoints)resource, endpoint.Name).Property(EndpointProperty.TargetPort);
                variables["HTTP_PORTS"] = port;
            }
        }

        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(new EnvironmentCallbackContext(builder.ExecutionContext, resource, variables, cancellationToken));
        }

        if (variables.Count > 0)
        {
            writer.WriteStartObject("env");
            foreach (var (name, value) in variables)
            {
                writer.WriteString(name, Expression(value));
            }

            writer.WriteEndObject();
        }
    }

    private static void WriteBindings(Utf8JsonWriter writer, IResource resource)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToList();
        if (endpoints.Count == 0)
        {
            return;
        }

        writer.WriteStartObject("bindings");
        foreach (var endpoint in endpoints)
        {
            writer.WriteStartObject(endpoint.Name);
            writer.WriteString("scheme", endpoint.UriScheme);
            writer.WriteString("protocol", endpoint.Protocol.ToString().ToLowerInvariant());
            writer.WriteString("transport", endpoint.UriScheme is "http" or "https" ? "http" : endpoint.Protocol.ToString().ToLowerInvariant());
            if (endpoint.Port is { } port && port != endpoint.TargetPort)
            {
                writer.WriteNumber("port", port);
            }

            if ((endpoint.TargetPort ?? (resource is ProjectResource ? DefaultHttpPortOfProject : null)) is { } targetPort)
            {
                writer.WriteNumber("targetPort", targetPort);
            }

            if (endpoint.IsExternal)
            {
                writer.WriteBoolean("external", true);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static IEnumerable<EndpointAnnotation> HttpEndpoints(IResource resource) =>
        resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.UriScheme is "http" or "https");

    private static string Expression(object value) => value switch
    {
        IManifestExpressionProvider provider => provider.ValueExpression,
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}

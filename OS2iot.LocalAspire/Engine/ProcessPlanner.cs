using System.Reflection;
using System.Runtime.InteropServices;
using Aspire.Hosting.ApplicationModel;
using OS2iot.AppHost.LocalProcess;

namespace Aspire.Hosting.Engine;

/// <summary>Turns a resource's description into a process to start.</summary>
internal sealed class ProcessPlanner(EnvironmentResolver resolver, Assembly? appHost, string appHostDirectory)
{
    private readonly string _configuration = appHost?.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug";

    public async Task<ProcessPlan> PlanAsync(IResource resource, string instanceSuffix, CancellationToken cancellationToken)
    {
        var variables = await resolver.VariablesAsync(resource, instanceSuffix, cancellationToken);
        switch (resource)
        {
            case ProjectResource:
                var project = resource.Annotations.OfType<IProjectMetadata>().Last().ProjectPath;
                var arguments = await EnvironmentResolver.ArgumentsAsync(resource, [BuiltAssemblyOf(project)], cancellationToken);
                return new ProcessPlan(DotNet(), arguments, Path.GetDirectoryName(project)!, variables);

            case ExecutableResource executable:
                arguments = await EnvironmentResolver.ArgumentsAsync(resource, [], cancellationToken);
                return new ProcessPlan(executable.Command, arguments, executable.WorkingDirectory, variables);

            // The arguments of the container are for its image; the local process has its own.
            case ContainerResource when resource.Annotations.OfType<LocalProcessAnnotation>().LastOrDefault() is { } local:
                arguments = await EnvironmentResolver.ValuesAsync(local.Args, cancellationToken);
                return new ProcessPlan(local.Command, arguments, appHostDirectory, variables, local.StopSignal);

            default:
                throw new DistributedApplicationException($"{resource.Name} is not something that is started.");
        }
    }

    /// <summary>
    /// Built in the same configuration as the AppHost, whose build builds it. Started as it is, without the build and the second
    /// process that <c>dotnet run</c> would bring.
    /// </summary>
    private string BuiltAssemblyOf(string projectPath)
    {
        var name = Path.GetFileNameWithoutExtension(projectPath);
        var framework = FormattableString.Invariant($"net{Environment.Version.Major}.0");
        var assembly = Path.Combine(Path.GetDirectoryName(projectPath)!, "bin", _configuration, framework, $"{name}.dll");
        return File.Exists(assembly)
            ? assembly
            : throw new DistributedApplicationException($"{assembly} is not there. Build the AppHost: that builds every project it starts.");
    }

    private static string DotNet()
    {
        var runtime = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory()); // …/shared/Microsoft.NETCore.App/10.0.x
        var besideIt = Path.Combine(runtime.Parent!.Parent!.Parent!.FullName, "dotnet");
        return File.Exists(besideIt) ? besideIt : "dotnet";
    }
}

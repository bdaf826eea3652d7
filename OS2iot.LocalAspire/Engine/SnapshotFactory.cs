using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Engine;

/// <summary>Describes resources the way the dashboard reads them. Secrets are taken out on the way.</summary>
internal sealed class SnapshotFactory(SecretMask mask)
{
    public CustomResourceSnapshot Initial(IResource resource, string? parentName = null)
    {
        var notHere = resource.WhyNotHere();
        return new CustomResourceSnapshot
        {
            ResourceType = TypeOf(resource),
            CreationTimeStamp = DateTime.UtcNow,
            State = resource is ParameterResource or ConnectionStringResource && notHere is null
                ? new(KnownResourceStates.Running, KnownResourceStateStyles.Success)
                : new(KnownResourceStates.NotStarted, null),
            Properties = [.. Properties(resource, notHere, parentName)],
            Urls = notHere is null ? [.. Urls(resource, isInactive: true)] : [],
            Relationships = [.. Relationships(resource)],
        };
    }

    public CustomResourceSnapshot Running(CustomResourceSnapshot before, ProcessPlan plan, int pid, IReadOnlyList<HealthProbe> probes) =>
        before with
        {
            State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
            StartTimeStamp = DateTime.UtcNow,
            StopTimeStamp = null,
            ExitCode = null,
            HealthReports = [.. probes.Select(probe => new HealthReportSnapshot(probe.Name, null, null, null))],
            EnvironmentVariables =
                [.. plan.Environment.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => new EnvironmentVariableSnapshot(v.Key, mask.Apply(v.Value), true))],
            Urls = [.. before.Urls.Select(url => url with { IsInactive = false })],
            Properties = With(
                before.Properties,
                new("executable.path", plan.FileName),
                new("executable.workDir", plan.WorkingDirectory),
                new("executable.args", plan.Arguments.Select(mask.Apply).ToImmutableArray()) { IsSensitive = true },
                new("executable.pid", pid)),
        };

    public static CustomResourceSnapshot Ended(CustomResourceSnapshot before, int exitCode, bool isFine, bool completed) => before with
    {
        State = completed
            ? new(KnownResourceStates.Finished, KnownResourceStateStyles.Success)
            : new(KnownResourceStates.Exited, isFine ? null : KnownResourceStateStyles.Error),
        ExitCode = exitCode,
        StopTimeStamp = DateTime.UtcNow,
        HealthReports = [],
        Urls = [.. before.Urls.Select(url => url with { IsInactive = true })],
        Properties = With([.. before.Properties.Where(p => p.Name != "executable.pid")], new ResourcePropertySnapshot("resource.exitCode", exitCode)),
    };

    /// <summary>A database lives and dies with its server.</summary>
    public static CustomResourceSnapshot OfChild(CustomResourceSnapshot child, CustomResourceSnapshot parent) => child with
    {
        State = parent.State,
        StartTimeStamp = parent.StartTimeStamp,
        StopTimeStamp = parent.StopTimeStamp,
        HealthReports = parent.HealthReports,
    };

    private static string TypeOf(IResource resource) => resource switch
    {
        ProjectResource => "Project",
        ExecutableResource => "Executable",
        ContainerResource => "Container",
        IResourceWithConnectionString and ParameterResource => "ConnectionString",
        ParameterResource => "Parameter",
        ConnectionStringResource => "ConnectionString",
        _ => resource.GetType().Name,
    };

    private IEnumerable<ResourcePropertySnapshot> Properties(IResource resource, string? notHere, string? parentName)
    {
        if (resource is ContainerResource)
        {
            yield return new("container.image", resource.ImageName());
        }

        if (resource.Annotations.OfType<IProjectMetadata>().LastOrDefault() is { } project)
        {
            yield return new("project.path", project.ProjectPath);
        }

        if (parentName is not null)
        {
            yield return new("resource.parentName", parentName);
        }

        if (notHere is not null)
        {
            yield return new("resource.source", notHere);
        }

        if (resource is ParameterResource parameter)
        {
            yield return new("Value", mask.Apply(parameter.Value)) { IsSensitive = parameter.Secret };
        }
    }

    private static IEnumerable<UrlSnapshot> Urls(IResource resource, bool isInactive) =>
        resource.Annotations.OfType<EndpointAnnotation>()
            .Where(endpoint => endpoint.AllocatedEndpoint is not null)
            .Select(e => new UrlSnapshot(e.Name, e.AllocatedEndpoint!.UriString, IsInternal: false) { IsInactive = isInactive });

    private static IEnumerable<RelationshipSnapshot> Relationships(IResource resource)
    {
        var described = resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(r => new RelationshipSnapshot(r.Resource.Name, r.Type));
        return (resource is IResourceWithParent child ? described.Append(new(child.Parent.Name, "Parent")) : described).Distinct();
    }

    private static ImmutableArray<ResourcePropertySnapshot> With(
        ImmutableArray<ResourcePropertySnapshot> before, params ResourcePropertySnapshot[] added) =>
        [.. before.Where(p => !added.Any(a => a.Name == p.Name)), .. added];
}

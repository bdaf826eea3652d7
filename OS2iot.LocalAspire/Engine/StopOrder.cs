using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Engine;

/// <summary>Dependants end before what they depend on, each group at once.</summary>
internal static class StopOrder
{
    public static IEnumerable<IReadOnlyList<ResourceRunner>> Of(IReadOnlyCollection<ResourceRunner> runners)
    {
        var left = runners.ToList();
        while (left.Count > 0)
        {
            var needed = left.SelectMany(runner => DependenciesOf(runner.Resource)).ToHashSet();
            var group = left.Where(runner => !needed.Contains(runner.Resource)).ToList();
            if (group.Count == 0)
            {
                group = [.. left]; // they depend on each other in a circle
            }

            yield return group;
            left.RemoveAll(group.Contains);
        }
    }

    private static IEnumerable<IResource> DependenciesOf(IResource resource) =>
        resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource)
            .Concat(resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(related => related.Resource))
            .Where(other => other != resource)
            .SelectMany(other => other is IResourceWithParent child ? [other, child.Parent] : new[] { other });
}

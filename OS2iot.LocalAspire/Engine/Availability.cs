using Aspire.Hosting.ApplicationModel;
using OS2iot.AppHost.LocalProcess;

namespace Aspire.Hosting.Engine;

/// <summary>Which resources the local engine can run, and why not.</summary>
internal static class Availability
{
    /// <summary>Nothing when the resource runs here; otherwise the reason, for people to read.</summary>
    public static string? WhyNotHere(this IResource resource) => resource switch
    {
        ContainerResource when !resource.Annotations.OfType<LocalProcessAnnotation>().Any() =>
            $"{resource.Name} runs only as a container ({resource.ImageName()}); the local engine starts processes of this machine.",
        IResourceWithParent child => child.Parent.WhyNotHere(),
        ConnectionStringResource connection => connection.ConnectionStringExpression.WhyNotKnown(),
        _ => null,
    };

    /// <summary>Nothing when the value can be known; otherwise which resource it lacks.</summary>
    public static string? WhyNotKnown(this object value) => value switch
    {
        EndpointReference endpoint => endpoint.Resource.WhyNotHere(),
        EndpointReferenceExpression part => part.Endpoint.Resource.WhyNotHere(),
        ReferenceExpression expression => expression.ValueProviders.Select(WhyNotKnown).FirstOrDefault(reason => reason is not null),
        IResource resource => resource.WhyNotHere(),
        _ => null,
    };

    public static string ImageName(this IResource resource)
    {
        var image = resource.Annotations.OfType<ContainerImageAnnotation>().LastOrDefault();
        return image is null ? "no image" : $"{(image.Registry is null ? "" : $"{image.Registry}/")}{image.Image}:{image.Tag ?? "latest"}";
    }
}

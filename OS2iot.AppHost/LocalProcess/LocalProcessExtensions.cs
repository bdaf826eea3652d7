using System.Runtime.InteropServices;

namespace OS2iot.AppHost.LocalProcess;

internal static class LocalProcessExtensions
{
    /// <summary>
    /// Says how the container runs without a container runtime. It gets the container's environment; its endpoints are its own ports.
    /// </summary>
    public static IResourceBuilder<T> WithLocalProcess<T>(
        this IResourceBuilder<T> builder, string command, IEnumerable<object> args, PosixSignal stopSignal = PosixSignal.SIGTERM)
        where T : ContainerResource => builder.WithAnnotation(new LocalProcessAnnotation(command, [.. args], stopSignal));
}

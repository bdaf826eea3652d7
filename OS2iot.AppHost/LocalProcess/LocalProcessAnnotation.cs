using System.Runtime.InteropServices;
using Aspire.Hosting.ApplicationModel;

namespace OS2iot.AppHost.LocalProcess;

/// <summary>How a container resource runs as a process of this machine; without meaning where containers run.</summary>
/// <param name="Command">A program, found as a shell would find it.</param>
/// <param name="Args">Texts, or values known when the system starts (<see cref="IValueProvider"/>). Never a secret: others can read them.</param>
/// <param name="StopSignal">Asks the process to end.</param>
public sealed record LocalProcessAnnotation(string Command, IReadOnlyList<object> Args, PosixSignal StopSignal) : IResourceAnnotation;

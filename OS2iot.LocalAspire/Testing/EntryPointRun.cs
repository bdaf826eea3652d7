using System.Reflection;

namespace Aspire.Hosting.Testing;

/// <summary>
/// Runs the entry point of an AppHost for a test, up to the point where it builds its application: the description is then complete,
/// and the test takes over.
/// </summary>
internal sealed class EntryPointRun(Assembly appHost, string[] args)
{
    private static readonly AsyncLocal<EntryPointRun?> Running = new();
    private DistributedApplicationBuilder? _builder;

    /// <summary>The run this code is part of, if any.</summary>
    public static EntryPointRun? Current => Running.Value;

    public Assembly AppHost { get; } = appHost;

    public string[] Args { get; } = args;

    public DistributedApplicationBuilder Describe()
    {
        var entryPoint = AppHost.EntryPoint
            ?? throw new InvalidOperationException($"{AppHost.GetName().Name} has no entry point.");
        Running.Value = this;
        try
        {
            entryPoint.Invoke(null, entryPoint.GetParameters().Length == 0 ? null : [Array.Empty<string>()]);
        }
        catch (TargetInvocationException exception) when (exception.InnerException is HandedOverException)
        {
            return _builder!;
        }
        catch (TargetInvocationException exception) when (exception.InnerException is not null)
        {
            throw exception.InnerException;
        }
        finally
        {
            Running.Value = null;
        }

        throw new InvalidOperationException($"{AppHost.GetName().Name} ended without building an application.");
    }

    /// <summary>Ends the entry point, which must not run the application itself.</summary>
    public void HandOver(DistributedApplicationBuilder builder)
    {
        _builder = builder;
        throw new HandedOverException();
    }

    private sealed class HandedOverException : Exception;
}

using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Engine;

/// <summary>Where everything is kept that outlives one run; for its owner's eyes only.</summary>
internal sealed class StateFolder(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const string DefaultName = ".os2iot";

    public string FullPath { get; } = path;

    public static StateFolder For(IConfiguration configuration, string appHostDirectory) =>
        configuration["State"] is { } given ? new(Path.GetFullPath(given)) : DefaultFor(appHostDirectory);

    public static StateFolder DefaultFor(string appHostDirectory) =>
        new(Path.Combine(AppHostFolder.SolutionRootOf(appHostDirectory), DefaultName));

    public void Create() => Directory.CreateDirectory(FullPath, OwnerOnly);

    /// <summary>A folder inside, which exists when this returns.</summary>
    public string Folder(string name) => Directory.CreateDirectory(Path.Combine(FullPath, name), OwnerOnly).FullName;

    /// <summary>
    /// Makes sure that only one AppHost uses the folder; the system itself takes the lock back when the process ends.
    /// </summary>
    public IDisposable Lock()
    {
        var path = Path.Combine(FullPath, "lock");
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException)
        {
            throw new DistributedApplicationException(
                $"Another AppHost is running with the state folder {FullPath}. Stop it, or set State to another folder.");
        }
    }
}

namespace OS2iot.AppHost;

/// <summary>Where everything is kept that outlives one run: <c>.os2iot</c> beside the solution, or the setting <c>State</c>.</summary>
internal sealed class StateFolder
{
    private const string Setting = "State";
    private const string DefaultName = "../.os2iot";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly string _root;

    public StateFolder(IDistributedApplicationBuilder builder)
    {
        _root = builder.Configuration[Setting] is { } given
            ? System.IO.Path.GetFullPath(given)
            : System.IO.Path.GetFullPath(DefaultName, builder.AppHostDirectory);
        builder.Configuration[Setting] = _root;
    }

    public string Path(params string[] names) => System.IO.Path.Combine([_root, .. names]);

    public void Create()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_root);
        }
        else
        {
            Directory.CreateDirectory(_root, OwnerOnly);
        }
    }
}

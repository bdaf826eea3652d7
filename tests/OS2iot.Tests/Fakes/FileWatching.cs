using System.Runtime.CompilerServices;

namespace OS2iot.Tests.Fakes;

/// <summary>
/// No host that a test starts waits for its files to change: the tests start hundreds of them, and a machine hands out few watchers.
/// </summary>
internal static class FileWatching
{
    [ModuleInitializer]
    internal static void TurnOff()
    {
        Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
        Environment.SetEnvironmentVariable("DOTNET_USE_POLLING_FILE_WATCHER", "1");
    }
}

using System.Reflection;

namespace Aspire.Hosting.Engine;

/// <summary>Where the AppHost's sources are: its build writes that down, since it may be run from any folder.</summary>
internal static class AppHostFolder
{
    private const string ProjectPathKey = "apphostprojectpath";

    public static string Of(Assembly? appHost) =>
        appHost?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(data => data.Key == ProjectPathKey)?.Value
        ?? Directory.GetCurrentDirectory();

    public static string SolutionRootOf(string appHostDirectory)
    {
        for (var folder = new DirectoryInfo(appHostDirectory); folder is not null; folder = folder.Parent)
        {
            if (folder.EnumerateFiles("*.sln*").Any())
            {
                return folder.FullName;
            }
        }

        return appHostDirectory;
    }
}

using System.Text;

namespace Aspire.Hosting.Engine;

/// <summary>Secrets made up once, each in a file that only its owner reads.</summary>
internal sealed class SecretStore(StateFolder state)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string GetOrCreate(string name, Func<string> create)
    {
        state.Create();
        var path = Path.Combine(state.Folder("secrets"), name);
        if (!File.Exists(path))
        {
            Write(path, create());
        }

        return File.ReadAllText(path).Trim();
    }

    private static void Write(string path, string value)
    {
        // Written aside and renamed, so that a crash in between leaves no half secret.
        var unfinished = $"{path}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        using (var file = new FileStream(unfinished, options))
        {
            file.Write(Encoding.UTF8.GetBytes(value));
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path);
    }
}

using System.Security.Cryptography;

namespace OS2iot.AppHost;

/// <summary>
/// The account of the very first login: e-mail and a random password in a file of its owner's, read by the migrations, and said once
/// on the terminal that created it. It is on no command line, in no environment and in no log.
/// </summary>
internal sealed class FirstAdministrator(StateFolder state)
{
    private const string Email = "admin@os2iot.local";
    private const int PasswordLength = 20;

    // Without letters and digits that look alike.
    private const string Alphabet = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    public string CredentialsFile => state.Path("admin");

    public void CreateBeforeStart(IDistributedApplicationBuilder builder) => builder.Eventing.Subscribe<BeforeStartEvent>((_, _) =>
    {
        if (!File.Exists(CredentialsFile))
        {
            Create();
        }

        return Task.CompletedTask;
    });

    private void Create()
    {
        state.Create();
        var password = RandomNumberGenerator.GetString(Alphabet, PasswordLength);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new StreamWriter(CredentialsFile, options))
        {
            file.WriteLine(Email);
            file.WriteLine(password);
        }

        Console.WriteLine("First login (said only this once; kept in {0}):", CredentialsFile);
        Console.WriteLine("  e-mail   {0}", Email);
        Console.WriteLine("  password {0}", password);
    }
}

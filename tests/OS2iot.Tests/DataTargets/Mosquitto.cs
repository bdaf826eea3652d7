using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OS2iot.Tests.DataTargets;

/// <summary>A real Mosquitto on a free port of loopback, for one user who may publish everywhere but below <c>closed/</c>.</summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    public const string Username = "os2iot";

    public const string Password = "a-secret-of-ours";

    /// <summary>Ends the broker and removes its folder when its standard input closes, however the test process ends.</summary>
    private const string Keeper =
        """
        "$@" > /dev/null 2>&1 & broker=$!
        cat > /dev/null
        kill $broker 2>/dev/null
        wait $broker
        rm -rf "$FOLDER"
        """;

    private readonly Process _keeper;

    private Mosquitto(Process keeper, int port) => (_keeper, Port) = (keeper, port);

    public int Port { get; }

    /// <param name="port">The port of one that was there before; 0 for any.</param>
    /// <param name="more">Lines for its configuration.</param>
    public static async Task<Mosquitto> StartAsync(int port = 0, string more = "")
    {
        var folder = Directory.CreateTempSubdirectory("os2iot-mosquitto-").FullName;
        port = port == 0 ? FreePort() : port;
        await File.WriteAllTextAsync(Path.Combine(folder, "acl"), $"user {Username}\ntopic readwrite #\ntopic deny closed/#\ntopic read $SYS/#\n");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "conf"),
            $"listener {port} 127.0.0.1\nallow_anonymous false\nuser root\npassword_file {folder}/passwords\nacl_file {folder}/acl\nset_tcp_nodelay true\n{more}\n");
        await RunAsync("mosquitto_passwd", "-b", "-c", $"{folder}/passwords", Username, Password);

        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, WorkingDirectory = "/", Environment = { ["FOLDER"] = folder } };
        foreach (var argument in (string[])["sh", "-c", Keeper, "sh", "mosquitto", "-c", $"{folder}/conf"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PATH"] += ":/usr/sbin";
        var broker = new Mosquitto(Process.Start(start)!, port);
        await broker.WaitUntilReadyAsync();
        return broker;
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, errors);
    }

    private async Task WaitUntilReadyAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException) when (attempt < 100 && !_keeper.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }
}

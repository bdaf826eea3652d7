using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OS2iot.Tests.MqttDevices;

/// <summary>
/// A real Mosquitto that keeps its state on disk and can be killed and started again. Anybody may come in by its plain and its
/// WebSocket port; by its TLS port only the user of <see cref="Username"/>.
/// </summary>
internal sealed class PersistentMosquitto : IAsyncDisposable
{
    public const string Username = "somebody";

    public const string Password = "a-secret-of-theirs";

    /// <summary>Kills what is running when the test process ends in any way.</summary>
    private const string Keeper =
        """
        "$@" > "$FOLDER/log" 2>&1 & broker=$!
        echo $broker
        cat > /dev/null
        kill -9 $broker 2>/dev/null
        wait $broker
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("os2iot-mosquitto-").FullName;
    private Process? _keeper;
    private int _processId;

    private PersistentMosquitto()
    {
    }

    public int Port { get; } = FreePort();

    public int TlsPort { get; } = FreePort();

    public int WebSocketPort { get; } = FreePort();

    /// <param name="certificate">For the TLS port, with its key; PEM.</param>
    /// <param name="settings">Further lines of the configuration.</param>
    public static async Task<PersistentMosquitto> StartAsync((string Certificate, string Key)? certificate = null, string settings = "")
    {
        var broker = new PersistentMosquitto();
        var folder = broker._folder;
        var tls = "";
        if (certificate is { } pair)
        {
            await File.WriteAllTextAsync($"{folder}/certificate.pem", pair.Certificate);
            await File.WriteAllTextAsync($"{folder}/key.pem", pair.Key);
            using var made = Process.Start(new ProcessStartInfo("mosquitto_passwd", ["-b", "-c", $"{folder}/passwords", Username, Password]))!;
            await made.WaitForExitAsync();
            tls = $"listener {broker.TlsPort} 127.0.0.1\nallow_anonymous false\npassword_file {folder}/passwords\ncertfile {folder}/certificate.pem\nkeyfile {folder}/key.pem\n";
        }

        await File.WriteAllTextAsync(
            $"{folder}/conf",
            $"""
            per_listener_settings true
            persistence true
            persistence_location {folder}/
            autosave_on_changes true
            autosave_interval 1
            max_queued_messages 0
            set_tcp_nodelay true
            user root
            {settings}
            listener {broker.Port} 127.0.0.1
            allow_anonymous true
            listener {broker.WebSocketPort} 127.0.0.1
            protocol websockets
            allow_anonymous true
            {tls}
            """);
        await broker.RunAsync();
        return broker;
    }

    /// <summary>As by a power cut, but for the disk's cache.</summary>
    public async Task KillAsync()
    {
        using var broker = Process.GetProcessById(_processId);
        broker.Kill();
        await EndKeeperAsync();
    }

    public async Task RunAsync()
    {
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
            Environment = { ["FOLDER"] = _folder },
        };
        foreach (var argument in (string[])["sh", "-c", Keeper, "sh", "mosquitto", "-c", $"{_folder}/conf"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PATH"] += ":/usr/sbin";
        _keeper = Process.Start(start)!;
        _processId = int.Parse((await _keeper.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException) when (attempt < 200 && !_keeper.HasExited)
            {
                await Task.Delay(50);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndKeeperAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task EndKeeperAsync()
    {
        if (_keeper is not null)
        {
            _keeper.StandardInput.Close();
            await _keeper.WaitForExitAsync();
            _keeper.Dispose();
            _keeper = null;
        }
    }
}

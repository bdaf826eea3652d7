using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace OS2iot.Tests.MqttDevices;

/// <summary>Our broker as the AppHost runs it: a real Mosquitto by the product's own script and settings, on free ports.</summary>
internal sealed class OurBroker : IAsyncDisposable
{
    public const string IngestPassword = "ingest-password";

    private const string WorkersPassword = "workers-password";

    /// <summary>Ends the broker and removes its folder when its standard input closes, however the test process ends.</summary>
    private const string Keeper =
        """
        "$@" > "$FOLDER/log" 2>&1 & broker=$!
        cat > /dev/null
        kill $broker 2>/dev/null
        wait $broker
        rm -rf "$FOLDER"
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("os2iot-broker-").FullName;
    private Process? _keeper;

    public int Port { get; } = FreePort();

    public int CertificatePort { get; } = FreePort();

    public int PasswordPort { get; } = FreePort();

    /// <summary>Where it keeps everything.</summary>
    public string Data => Path.Combine(_folder, "data");

    public string WorkersAddress => $"mqtt://os2iot-workers:{WorkersPassword}@127.0.0.1:{Port}";

    public string IngestAddress => $"mqtt://os2iot-ingest:{IngestPassword}@127.0.0.1:{Port}";

    public string Log => File.ReadAllText(Path.Combine(_folder, "log"));

    public void Start()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101); // the broker has its own user
        }

        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true, WorkingDirectory = "/" };
        start.Environment["FOLDER"] = _folder;
        start.Environment["MQTT_INGEST_PASSWORD"] = IngestPassword;
        start.Environment["MQTT_WORKERS_PASSWORD"] = WorkersPassword;
        foreach (var argument in (string[])["sh", "-c", Keeper, "sh", "sh", Script(), Data, $"{Port}", $"{CertificatePort}", $"{PasswordPort}", "127.0.0.1"])
        {
            start.ArgumentList.Add(argument);
        }

        _keeper = Process.Start(start)!;
    }

    /// <summary>Kills the broker itself, as by a power cut; its script starts it again.</summary>
    public void Kill()
    {
        foreach (var process in Process.GetProcessesByName("mosquitto"))
        {
            using (process)
            {
                if (new DirectoryInfo($"/proc/{process.Id}/cwd").LinkTarget == Data)
                {
                    process.Kill();
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_keeper is not null)
        {
            _keeper.StandardInput.Close();
            await _keeper.WaitForExitAsync();
            _keeper.Dispose();
        }
    }

    private static string Script([CallerFilePath] string thisFile = "") =>
        Path.GetFullPath(Path.Combine(thisFile, "../../../../OS2iot.AppHost/mosquitto/start.sh"));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OS2iot.IntegrationTests;

/// <summary>The example in docs/reverse-proxy, as it is but for names, ports and certificate, in a real nginx before the real hosts.</summary>
[Collection(SystemCollection.Name)]
public sealed class ReverseProxyTests(RunningSystem system) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("os2iot-nginx-").FullName;
    private readonly int _port = FreePort();
    private Process? _nginx;
    private HttpClient _http = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await WriteCertificateAsync();
        var config = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "nginx.conf"), Ct);
        config = config
            .Replace("127.0.0.1:3001", system.Ingest.BaseAddress!.Authority, StringComparison.Ordinal)
            .Replace("127.0.0.1:3000", system.Api.BaseAddress!.Authority, StringComparison.Ordinal)
            .Replace("127.0.0.1:8080", system.Portal.BaseAddress!.Authority, StringComparison.Ordinal)
            .Replace("listen 443 ssl", $"listen 127.0.0.1:{_port} ssl", StringComparison.Ordinal)
            .Replace("iot.example.dk;", "localhost;", StringComparison.Ordinal)
            .Replace("/etc/ssl/iot.example.dk/", _folder + "/", StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "nginx.conf"),
            $$"""
            daemon off;
            pid {{_folder}}/nginx.pid;
            error_log stderr warn;
            events { }
            http {
                client_body_temp_path {{_folder}};
                proxy_temp_path {{_folder}};
                fastcgi_temp_path {{_folder}};
                uwsgi_temp_path {{_folder}};
                scgi_temp_path {{_folder}};
                {{config}}
            }
            """,
            Ct);

        _nginx = Process.Start(new ProcessStartInfo("nginx", ["-p", _folder, "-e", "stderr", "-c", Path.Combine(_folder, "nginx.conf")])
        {
            Environment = { ["PATH"] = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin" },
        })!;
        _http = new HttpClient(new HttpClientHandler
        {
            AllowAutoRedirect = false,
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        })
        {
            BaseAddress = new Uri($"https://localhost:{_port}"),
        };
        await WaitUntilUpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_nginx is not null)
        {
            _nginx.Kill(entireProcessTree: true);
            await _nginx.WaitForExitAsync();
            _nginx.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task ReceiveData_GoesToIngest()
    {
        var scene = await system.ASceneAsync(ct: Ct);
        using var body = new StringContent("""{"n": 1}""", MediaTypeHeaderValue.Parse("application/json"));

        using var response = await _http.PostAsync("/api/v1/receive-data?apiKey=" + scene.ApiKey, body, Ct);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Empty(await scene.MissingAfterAsync([Scene.IdOf(response)], TimeSpan.FromSeconds(20), Ct));
    }

    [Fact]
    public async Task TheRestOfTheApi_GoesToApi()
    {
        using var response = await _http.GetAsync("/api/v1/application", Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task EverythingElse_GoesToPortal_WhichKnowsThatItIsCalledByHttps()
    {
        using var page = await _http.GetAsync("/sign-in", Ct);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.StartsWith("text/html", page.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
        Assert.All(page.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("secure", cookie, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Health_IsNotForTheWorld()
    {
        using var response = await _http.GetAsync("/health/ready", Ct);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task WriteCertificateAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        await File.WriteAllTextAsync(Path.Combine(_folder, "fullchain.pem"), certificate.ExportCertificatePem(), Ct);
        await File.WriteAllTextAsync(Path.Combine(_folder, "privkey.pem"), key.ExportPkcs8PrivateKeyPem(), Ct);
    }

    private async Task WaitUntilUpAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var response = await _http.GetAsync("/health/", Ct);
                return;
            }
            catch (HttpRequestException) when (attempt < 100 && !_nginx!.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), Ct);
            }
            catch (HttpRequestException exception)
            {
                throw new InvalidOperationException(
                    string.Create(CultureInfo.InvariantCulture, $"nginx is not up on port {_port}."), exception);
            }
        }
    }
}

using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OS2iot.Tests.DataTargets;

/// <summary>A real HTTP server that does as it is told and remembers what it got.</summary>
internal sealed class FakeTarget : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeTarget(WebApplication app)
    {
        _app = app;
    }

    public Uri Url { get; private init; } = new("http://unknown");

    public Func<HttpContext, Task> Answer { get; set; } = context =>
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    };

    public List<(IHeaderDictionary Headers, byte[] Body, string Protocol)> Received { get; } = [];

    /// <summary>Of what it got.</summary>
    public List<string> Paths { get; } = [];

    public static async Task<FakeTarget> StartAsync(IPAddress? address = null, string? certificateName = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(address ?? IPAddress.Loopback, 0, listen =>
        {
            if (certificateName is not null)
            {
                listen.UseHttps(SelfSigned(certificateName));
            }
        }));
        var app = builder.Build();
        FakeTarget? target = null;
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            lock (target!.Received)
            {
                target.Paths.Add(context.Request.Path + context.Request.QueryString);
                target.Received.Add((new HeaderDictionary(context.Request.Headers.ToDictionary(h => h.Key, h => h.Value)), body.ToArray(), context.Request.Protocol));
            }

            await target.Answer(context);
        });
        await app.StartAsync();
        var url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return target = new FakeTarget(app) { Url = new Uri(url) };
    }

    public void Answers(int status, string? retryAfter = null, string? body = null, string? location = null) => Answer = async context =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.RetryAfter = retryAfter;
        context.Response.Headers.Location = location;
        if (body is not null)
        {
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync(body);
        }
    };

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    public static X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}

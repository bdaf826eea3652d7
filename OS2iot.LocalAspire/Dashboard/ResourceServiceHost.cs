using System.Net;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.Engine;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Dashboard;

/// <summary>The resource service on a port of this machine, for whoever has the key.</summary>
internal sealed class ResourceServiceHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ResourceServiceHost(WebApplication app)
    {
        _app = app;
    }

    public string Url => _app.Urls.First();

    public static async Task<ResourceServiceHost> StartAsync(LocalEngine engine, string apiKey, CancellationToken cancellationToken)
    {
        // Nothing of the AppHost's own configuration applies here; its URL is the dashboard's.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(engine);
        builder.Services.AddSingleton(new ApiKeyCheck(apiKey));
        builder.Services.AddGrpc(grpc => grpc.Interceptors.Add<ApiKeyCheck>());

        var app = builder.Build();
        app.MapGrpcService<ResourceService>();
        await app.StartAsync(cancellationToken);
        return new ResourceServiceHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        // The dashboard keeps its streams open; they are not waited for.
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
    }

    private sealed class ApiKeyCheck(string apiKey) : Interceptor
    {
        private const string Header = "x-resource-service-api-key";
        private readonly byte[] _apiKey = Encoding.UTF8.GetBytes(apiKey);

        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
            TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            Check(context);
            return continuation(request, context);
        }

        public override Task ServerStreamingServerHandler<TRequest, TResponse>(
            TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
            ServerStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Check(context);
            return continuation(request, responseStream, context);
        }

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            Check(context);
            return continuation(requestStream, responseStream, context);
        }

        private void Check(ServerCallContext context)
        {
            var given = Encoding.UTF8.GetBytes(context.RequestHeaders.GetValue(Header) ?? "");
            if (!CryptographicOperations.FixedTimeEquals(given, _apiKey))
            {
                throw new RpcException(new Status(StatusCode.Unauthenticated, "The key is wrong."));
            }
        }
    }
}

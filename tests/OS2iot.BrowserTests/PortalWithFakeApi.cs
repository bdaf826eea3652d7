using OS2iot.Tests.Portal;

namespace OS2iot.BrowserTests;

/// <summary>The portal on a port of its own, against an Api that plays a small town.</summary>
public sealed class PortalWithFakeApi : IAsyncLifetime
{
    private RunningPortal _portal = null!;

    public FakeApi Api { get; private set; } = null!;

    public Uri Address => _portal.ClientOptions.BaseAddress;

    public async ValueTask InitializeAsync()
    {
        Api = await FakeApi.StartAsync();
        _portal = new RunningPortal(Api.Address);
        _portal.UseKestrel(0);
        _portal.StartServer();
    }

    public async ValueTask DisposeAsync()
    {
        await _portal.DisposeAsync();
        await Api.DisposeAsync();
    }
}

using Microsoft.Extensions.Options;
using OS2iot.Core.ChirpStack;

namespace OS2iot.Tests.ChirpStack;

/// <summary>A client of a ChirpStack at an address.</summary>
internal sealed class ClientOf : IDisposable
{
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(20);

    private readonly ChirpStackCalls _calls;

    public ClientOf(Uri address, string key, TimeSpan? timeout = null)
    {
        var options = Options.Create(new ChirpStackOptions { Address = address, ApiKey = key, CallTimeout = timeout ?? CallTimeout });
        _calls = new ChirpStackCalls(options, new ChirpStackKey(options), TimeProvider.System);
        Client = new ChirpStackClient(_calls, TimeProvider.System);
    }

    public ChirpStackClient Client { get; }

    public void Dispose() => _calls.Dispose();
}

using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OS2iot.Core.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.GenericHttp;
using OS2iot.Core.Messaging;
using OS2iot.Core.Organizations;
using OS2iot.Core.Secrets;
using OS2iot.Ingest.GenericHttp;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.GenericHttp;

/// <summary>Ingest on a real database, with a log in memory.</summary>
internal sealed class IngestHost(TestDatabase database) : WebApplicationFactory<ReceiveData>
{
    public MemoryLog Log { get; } = new();

    public LogLines Lines { get; } = new();

    public TestDatabase Database => database;

    /// <summary>A device with the given key.</summary>
    public async Task<GenericHttpDevice> ADeviceAsync(Guid key)
    {
        await using var scope = Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        var name = Guid.NewGuid().ToString("N");
        var device = new GenericHttpDevice
        {
            Name = name,
            ApiKeyHash = Services.GetRequiredService<LookupHash>().Of(key.ToString()),
            ApiKeyCiphertext = Services.GetRequiredService<SecretProtector>().Protect(key.ToString()),
            Application = new Application { Name = name, Organization = new Organization { Name = name } },
        };
        db.Devices.Add(device);
        await db.SaveChangesAsync();
        return device;
    }

    public async Task RemoveAsync(int deviceId)
    {
        await using var context = database.CreateContext();
        context.Remove(await context.Devices.FindAsync(deviceId) ?? throw new InvalidOperationException("No such device."));
        await context.SaveChangesAsync();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("ConnectionStrings:os2iot", database.ConnectionString);
        builder.UseSetting("Secrets:MasterKey", "a master key for tests, long enough for anything");
        builder.ConfigureLogging(logging => logging.AddProvider(Lines));
        builder.ConfigureTestServices(services => services.AddSingleton<IMessageLog>(Log));
    }
}

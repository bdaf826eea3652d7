using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OS2iot.Core.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.GenericHttp;
using OS2iot.Core.Mail;
using OS2iot.Core.Messaging;
using OS2iot.Core.Organizations;
using OS2iot.Core.PayloadDecoders;
using OS2iot.Core.Secrets;
using OS2iot.Core.Uplinks;
using OS2iot.Tests.DataTargets;
using OS2iot.Tests.Fakes;
using OS2iot.Workers.Delivery;
using OS2iot.Workers.LiveView;
using OS2iot.Workers.Routing;

namespace OS2iot.Tests.Delivery;

public sealed class DeliverConsumerTests(PostgreSql postgres) : IAsyncLifetime
{
    private readonly MemoryLog _log = new();
    private TestDatabase _database = null!;
    private FakeTarget _target = null!;
    private IHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _target = await FakeTarget.StartAsync();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:os2iot"] = _database.ConnectionString,
            ["Secrets:MasterKey"] = "a master key for tests, long enough for anything",
            ["Egress:AllowedHosts:0"] = "127.0.0.1",
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IMessageLog>(_log);
        builder.AddDatabase();
        builder.AddSecrets();
        builder.AddDataTargets();
        builder.AddRouting();
        builder.AddLiveView();
        builder.AddMail();
        builder.AddDelivery();
        _host = builder.Build();
        await _host.StartAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        using (_host)
        {
            await _host.StopAsync(CancellationToken.None);
        }

        await _target.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Deliver_WhenADeviceHasSeveralTargets_SendsEachItsDecodersOutputAndPublishedOnesNothing()
    {
        var (device, decoder) = await ADeviceAsync();

        await _log.HandAsync(LogTopic.UplinksDecoded, "delivery", Ct, Decoded(device, decoder, """{"decoded":1}"""), Decoded(device, null, """{"raw":1}"""));

        // On a busy machine a try may outlast the batch's patience, and is written down a little later.
        while (await _database.ScalarAsync<long>("SELECT count(*) FROM delivery_attempts WHERE outcome = 0") < 2)
        {
            await Task.Delay(20, Ct);
        }

        var got = _target.Paths.Zip(_target.Received, (path, message) => $"{path} {Encoding.UTF8.GetString(message.Body)}").Order();
        Assert.Equal(["""/as-it-came {"raw":1}""", """/decoded {"decoded":1}"""], got);
        Assert.Equal(2L, await _database.ScalarAsync<long>("SELECT count(*) FROM delivery_attempts WHERE outcome = 0"));
        Assert.Equal(0L, await _database.ScalarAsync<long>("SELECT count(*) FROM deliveries"));
    }

    private async Task<(int Device, int Decoder)> ADeviceAsync()
    {
        await using var db = _database.CreateContext();
        var organization = new Organization { Name = "o" };
        var application = new Application { Name = "a", Organization = organization };
        var decoder = new PayloadDecoder { Name = "d", DecodingFunction = "", Organization = organization };
        var device = new GenericHttpDevice { Name = "d", ApiKeyHash = [1], ApiKeyCiphertext = "", Application = application };
        (string Type, string Settings, PayloadDecoder? Decoder)[] targets =
        [
            ("HTTP_PUSH", $$"""{"url":"{{_target.Url}}decoded","timeout":5000}""", decoder),
            ("HTTP_PUSH", $$"""{"url":"{{_target.Url}}as-it-came","timeout":5000}""", null),
            ("OPENDATADK", "{}", decoder),
            ("OPENDATADK", "{}", null),
        ];
        foreach (var (type, settings, used) in targets)
        {
            var connection = new DataTargetConnection
            {
                PayloadDecoder = used,
                DataTarget = new DataTarget { Name = "t", Type = type, Settings = settings, Application = application },
            };
            connection.Devices.Add(device);
            db.Add(connection);
        }

        await db.SaveChangesAsync(Ct);
        return (device.Id, decoder.Id);
    }

    private static LogRecord Decoded(int device, int? decoder, string payload) => new UplinkDecoded
    {
        MessageId = Guid.CreateVersion7(),
        DeviceId = device,
        ApplicationId = 1,
        OrganizationId = 1,
        ReceivedAt = DateTimeOffset.UtcNow,
        PayloadDecoderId = decoder,
        PayloadDecoderVersion = decoder is null ? null : 1,
        Payload = Encoding.UTF8.GetBytes(payload),
    }.ToRecord();
}

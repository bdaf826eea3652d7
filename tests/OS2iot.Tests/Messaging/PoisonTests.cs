using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OS2iot.Core.Applications;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Devices;
using OS2iot.Core.GenericHttp;
using OS2iot.Core.Mail;
using OS2iot.Core.Messaging;
using OS2iot.Core.Organizations;
using OS2iot.Core.PayloadDecoders;
using OS2iot.Core.Secrets;
using OS2iot.Core.Uplinks;
using OS2iot.Tests.DataTargets;
using OS2iot.Tests.Fakes;
using OS2iot.Workers.Decoding;
using OS2iot.Workers.Delivery;
using OS2iot.Workers.Duplicates;
using OS2iot.Workers.LiveView;
using OS2iot.Workers.Routing;
using OS2iot.Workers.Storing;

namespace OS2iot.Tests.Messaging;

/// <summary>
/// A message that no stage can do anything with costs itself, never the messages behind it. All stages run on a real log; what
/// follows the poison has its key, and so its partition.
/// </summary>
public sealed class PoisonTests(PostgreSql postgres) : IAsyncLifetime
{
    private const string Identity = "function decode(payload) { return payload; }";

    /// <summary>Looks, not time: what starts processes is slow where everything is.</summary>
    private const int MaxLooks = 600;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    private TestDatabase _database = null!;
    private FakeTarget _target = null!;
    private IHost _host = null!;

    /// <summary>What a target or a decoder is asked to choke on.</summary>
    private static readonly string LongestErrorAndMore = new string('x', 199) + string.Concat(Enumerable.Repeat("😀", 600));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IMessageLog Log => _host.Services.GetRequiredService<IMessageLog>();

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
            ["Messaging:FirstBackOff"] = "00:00:00.2",
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddDatabase();
        builder.AddSecrets();
        builder.AddMessaging();
        builder.AddPayloadDecoders();
        builder.AddDataTargets();
        builder.AddRouting();
        builder.AddLiveView();
        builder.AddDuplicates();
        builder.AddDecoding();
        builder.AddStoring();
        builder.AddMail();
        builder.AddDelivery();
        _host = builder.Build();
        await _host.StartAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
        await _target.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Uplinks_ThatAreNoneOfOurs_ArePassedOver()
    {
        var device = await ADeviceAsync(("HTTP_PUSH", AGoodTarget(), Identity));
        var ours = Uplink(device, """{"n":0}""");
        LogRecord[] poison =
        [
            new LogRecord { Key = ours.Key, Value = default },
            new LogRecord { Key = ours.Key, Value = "no headers"u8.ToArray() },
            .. LogHeaders.All.Select(name => With(ours, name, "\0")),
            .. LogHeaders.All.Select(name => With(ours, name, "")),
            .. LogHeaders.All.Select(name => With(ours, name, "99999999999999999999999999")),
            With(ours, LogHeaders.ReceivedAt, "0001-01-01T00:00:00.000000Z"),
            With(ours, LogHeaders.ReceivedAt, "9999-12-31T23:59:59.999999Z"),
            With(ours, LogHeaders.Rssi, "NaN"),
            With(ours, LogHeaders.DeviceId, "-1"),
            Valued(ours, []),
            Valued(ours, [0, 0xFF, 0xC0, 0x80]),
            Valued(ours, [.. "{\"cut"u8]),
        ];

        await Log.AppendAsync(LogTopic.Uplinks, poison, Ct);
        await Log.AppendAsync(LogTopic.Uplinks, Uplink(device, """{"n":1}"""), Ct);

        await IsDeliveredAsync("""{"n":1}""");
        await IsAllReadAsync();
    }

    [Fact]
    public async Task Decoded_ThatAreNoneOfOurs_ArePassedOver()
    {
        var device = await ADeviceAsync(("HTTP_PUSH", AGoodTarget(), null), ("HTTP_PUSH", """{"url":"http://127.0.0.1:1/","timeout":1000}""", null));
        var ours = Decoded(device, """{"n":0}""");
        LogRecord[] poison =
        [
            new LogRecord { Key = ours.Key, Value = default },
            .. LogHeaders.All.Select(name => With(ours, name, "\0")),
            .. LogHeaders.All.Select(name => With(ours, name, "")),
            .. LogHeaders.All.Select(name => With(ours, name, "99999999999999999999999999")),
            With(With(ours, LogHeaders.DecodeError, "\0"), LogHeaders.PayloadDecoderId, "1"),
            With(ours, LogHeaders.ReceivedAt, "0001-01-01T00:00:00.000000Z"),
            With(ours, LogHeaders.ReceivedAt, "9999-12-31T23:59:59.999999Z"),
            Valued(ours, [0, 0xFF]),
        ];

        await Log.AppendAsync(LogTopic.UplinksDecoded, poison, Ct);
        await Log.AppendAsync(LogTopic.UplinksDecoded, Decoded(device, """{"n":1}"""), Ct);

        await IsDeliveredAsync("""{"n":1}""");
        await IsAllReadAsync();
    }

    [Theory]
    [InlineData("no headers at all")]
    [InlineData("""{"message-id": "\ud800"}""")]
    [InlineData("""{"message-id": {"nested": 1}, "device-id": null}""")]
    [InlineData("[1]")]
    public async Task Headers_ThatAreNoneOfOurs_ArePassedOver(string headers)
    {
        var device = await ADeviceAsync(("HTTP_PUSH", AGoodTarget(), null));
        await Log.AppendAsync(LogTopic.Uplinks, Uplink(device, """{"n":0}"""), Ct);
        await IsDeliveredAsync("""{"n":0}""");

        await using (var command = _database.DataSource.CreateCommand(
            """
            SELECT log_uplinks_append(ARRAY[partition], ARRAY[key], ARRAY[$1::bytea], ARRAY[value])
            FROM (SELECT DISTINCT partition, key, value FROM log_uplinks) AS l
            """))
        {
            command.Parameters.Add(new() { Value = Encoding.UTF8.GetBytes(headers) });
            await command.ExecuteNonQueryAsync(Ct);
        }

        await Log.AppendAsync(LogTopic.Uplinks, Uplink(device, """{"n":1}"""), Ct);

        await IsDeliveredAsync("""{"n":1}""");
        await IsAllReadAsync();
    }

    [Fact]
    public async Task Decoders_ThatFailInAnyWay_CostTheirOwnMessagesAnError()
    {
        string[] scripts =
        [
            "this is no script",
            "function decode() { throw new Error('\\u0000 and \\ud800 and \\udc00'); }",
            "function decode() { throw '\\ud83d\\ude00'.repeat(3000); }",
            "function decode() { throw new Error('x' + '\\ud83d\\ude00'.repeat(3000)); }",
            "function decode() { while (true) {} }",
            "function decode() { return decode(); }",
            "function decode() { return { all: 'x'.repeat(900000) }; }",
            "function decode() { return { get all() { throw 1; } }; }",
        ];
        var device = await ADeviceAsync([.. scripts.Select(s => ("HTTP_PUSH", AGoodTarget("never"), (string?)s)), ("HTTP_PUSH", AGoodTarget(), Identity)]);

        await Log.AppendAsync(LogTopic.Uplinks, [Uplink(device, """{"n":1}"""), Uplink(device, """{"n":2}""")], Ct);

        await IsDeliveredAsync("""{"n":1}""");
        await IsDeliveredAsync("""{"n":2}""");
        await IsAllReadAsync();
        Assert.Equal(2L * scripts.Length, await _database.ScalarAsync<long>("SELECT count(*) FROM decoded_messages WHERE error <> ''"));
        Assert.DoesNotContain(_target.Paths, path => path.EndsWith("never", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"nul":"\u0000","halves":"\ud800 \udc00","\u0000":1}""")]
    [InlineData("""{"nested":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]],"number":1e400,"twice":1,"twice":2,"__proto__":{"x":1}}""")]
    public async Task Payloads_OfAnyJson_AreStoredAndDelivered(string payload)
    {
        var device = await ADeviceAsync(("HTTP_PUSH", AGoodTarget(), null), ("HTTP_PUSH", AGoodTarget("decoded"), Identity));

        await Log.AppendAsync(LogTopic.Uplinks, Uplink(device, payload), Ct);

        await IsDeliveredAsync(payload);
        await IsAllReadAsync();
        Assert.Equal(Encoding.UTF8.GetBytes(payload), await _database.ScalarAsync<byte[]>("SELECT payload FROM received_messages"));
        Assert.Equal(1L, await _database.ScalarAsync<long>("SELECT count(*) FROM decoded_messages WHERE error IS NULL"));
        await HasComeAsync("/decoded", _ => true);
    }

    [Fact]
    public async Task Targets_ThatCanNotBeUsed_CostTheirOwnMessagesAWait()
    {
        var device = await ADeviceAsync(
            ("NO_SUCH_TYPE", "{}", null),
            ("HTTP_PUSH", "[]", null),
            ("HTTP_PUSH", """{"url":{"no":"text"}}""", null),
            ("HTTP_PUSH", """{"url":"no address"}""", null),
            ("HTTP_PUSH", """{"url":"http://127.0.0.1:1/","authorizationHeader":"not encrypted by us"}""", null),
            ("HTTP_PUSH", AGoodTarget(), null));

        await Log.AppendAsync(LogTopic.Uplinks, [Uplink(device, """{"n":1}"""), Uplink(device, """{"n":2}""")], Ct);

        await IsDeliveredAsync("""{"n":1}""");
        await IsDeliveredAsync("""{"n":2}""");
        await IsAllReadAsync();
        Assert.Equal(10L, await _database.ScalarAsync<long>("SELECT count(*) FROM deliveries WHERE state = 0 AND last_error <> ''"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Targets_ThatAnswerWithStrangeText_CostTheirOwnMessagesAWait(int shift)
    {
        var device = await ADeviceAsync(("HTTP_PUSH", AGoodTarget("strange"), null), ("HTTP_PUSH", AGoodTarget(), null));
        _target.Answer = async context =>
        {
            context.Response.StatusCode = 204;
            if (context.Request.Path == "/strange")
            {
                context.Response.StatusCode = 500;
                context.Response.ContentType = "text/plain";
                await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("\0\ufffe" + LongestErrorAndMore[shift..]));
            }
        };

        await Log.AppendAsync(LogTopic.Uplinks, Uplink(device, """{"n":1}"""), Ct);

        await IsDeliveredAsync("""{"n":1}""");
        await IsAllReadAsync();
        Assert.Equal(1L, await _database.ScalarAsync<long>("SELECT count(*) FROM deliveries WHERE last_error LIKE '%500%xxx%'"));
    }

    private string AGoodTarget(string path = "") => $$"""{"url":"{{_target.Url}}{{path}}","timeout":5000}""";

    private async Task<int> ADeviceAsync(params (string Type, string Settings, string? Decoder)[] targets)
    {
        await using var db = _database.CreateContext();
        var organization = new Organization { Name = "o" };
        var application = new Application { Name = "a", Organization = organization };
        var device = new GenericHttpDevice { Name = "d", ApiKeyHash = [1], ApiKeyCiphertext = "", Application = application };
        foreach (var (type, settings, script) in targets)
        {
            var connection = new DataTargetConnection
            {
                PayloadDecoder = script is null ? null : new PayloadDecoder { Name = "d", DecodingFunction = script, Organization = organization },
                DataTarget = new DataTarget { Name = "t", Type = type, Settings = settings, Application = application },
            };
            connection.Devices.Add(device);
            db.Add(connection);
        }

        await db.SaveChangesAsync(Ct);
        return device.Id;
    }

    private static LogRecord Uplink(int device, string payload) => new UplinkReceived
    {
        MessageId = Guid.CreateVersion7(),
        DeviceId = device,
        ApplicationId = 1,
        OrganizationId = 1,
        Network = DeviceType.GenericHttp,
        ReceivedAt = TimeProvider.System.GetUtcNow(),
        Payload = Encoding.UTF8.GetBytes(payload),
    }.ToRecord();

    private static LogRecord Decoded(int device, string payload) => new UplinkDecoded
    {
        MessageId = Guid.CreateVersion7(),
        DeviceId = device,
        ApplicationId = 1,
        OrganizationId = 1,
        ReceivedAt = TimeProvider.System.GetUtcNow(),
        Payload = Encoding.UTF8.GetBytes(payload),
    }.ToRecord();

    /// <summary>The record under an id of its own, with one header changed or added.</summary>
    private static LogRecord With(LogRecord record, string name, string value) => new()
    {
        Key = record.Key,
        Value = record.Value,
        Headers =
        [
            .. record.Headers.Where(h => h.Key != name && h.Key != LogHeaders.MessageId),
            .. name == LogHeaders.MessageId ? Array.Empty<KeyValuePair<string, string>>() : [new(LogHeaders.MessageId, Guid.CreateVersion7().ToString())],
            new(name, value),
        ],
    };

    private static LogRecord Valued(LogRecord record, byte[] value) => new()
    {
        Key = record.Key,
        Value = value,
        Headers = With(record, LogHeaders.FCnt, "1").Headers,
    };

    private List<string> Got(string path)
    {
        lock (_target.Received)
        {
            return [.. _target.Paths.Zip(_target.Received).Where(g => g.First == path).Select(g => Encoding.UTF8.GetString(g.Second.Body))];
        }
    }

    private Task IsDeliveredAsync(string payload) => HasComeAsync("/", payload.Equals);

    private async Task HasComeAsync(string path, Func<string, bool> isIt)
    {
        for (var look = 0; !Got(path).Exists(got => isIt(got)); look++)
        {
            Assert.True(look < MaxLooks, $"It did not come to {path}; these did: {string.Join(", ", Got(path))}");
            await Task.Delay(BetweenLooks, Ct);
        }
    }

    /// <summary>No stage still turns over what it can't do.</summary>
    private async Task IsAllReadAsync()
    {
        (LogTopic Topic, string Group)[] stages =
        [
            (LogTopic.Uplinks, "decoding"), (LogTopic.Uplinks, "storing"), (LogTopic.UplinksDecoded, "delivery"), (LogTopic.UplinksDecoded, "storing"),
        ];
        foreach (var (topic, group) in stages)
        {
            for (var look = 0; await Log.ReadLagAsync(topic, group, Ct) > 0; look++)
            {
                Assert.True(look < MaxLooks, $"{group} is stuck in {topic}.");
                await Task.Delay(BetweenLooks, Ct);
            }
        }
    }
}

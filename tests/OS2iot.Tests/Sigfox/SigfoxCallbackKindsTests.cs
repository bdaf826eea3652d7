using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OS2iot.Core.Messaging;
using OS2iot.Core.Secrets;
using OS2iot.Core.Sigfox;
using OS2iot.Core.Uplinks;
using OS2iot.Tests.Fakes;
using OS2iot.Tests.GenericHttp;

namespace OS2iot.Tests.Sigfox;

/// <summary>All kinds of callbacks, one by one and gathered, and what keeps forged ones out.</summary>
public sealed class SigfoxCallbackKindsTests(PostgreSql postgres) : IAsyncLifetime
{
    private const string TypeId = "5d8cdc8fea06bb6e41234567";

    private const string Secret = "the-secret-of-the-type";

    private const string HeaderSecret = "the-other-secret";

    private TestDatabase _database = null!;
    private IngestHost _host = null!;
    private HttpClient _http = null!;
    private SigfoxDevice _device = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _host = new IngestHost(_database);
        _http = _host.CreateClient();
        _device = await ReceiveSigfoxCallbackTests.ADeviceAsync(_database, "1A2B3C");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Uplink_WhenTaken_IsInTheLogAndAnsweredWithoutADownlink()
    {
        await ADownlinkAsync();

        using var response = await PostAsync("/data/uplink", Message(ack: true));

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(_device.Id, UplinkReceived.From(Assert.Single(_host.Log.Appended(LogTopic.Uplinks))).DeviceId);
        Assert.Equal(0, await _database.ScalarAsync<int>("SELECT state FROM downlinks"));
    }

    [Theory]
    [InlineData("/service/status", SigfoxCallbackKind.Status, """{"time":1700000000,"deviceTypeId":"TYPE","deviceId":"1a2b3c","battery":"2.9","temperature":"21.5"}""")]
    [InlineData("/service/acknowledge", SigfoxCallbackKind.Acknowledge, """{"time":"1700000000","deviceTypeId":"TYPE","deviceId":"1A2B3C","infoCode":"0","downlinkAck":"true"}""")]
    [InlineData("/error", SigfoxCallbackKind.Error, """{"time":1700000000,"deviceTypeId":"TYPE","deviceId":"1A2B3C","severity":"ERROR","info":"No message received since yesterday"}""")]
    public async Task Notice_WhenTaken_IsInTheLogAsItCame(string path, SigfoxCallbackKind kind, string body)
    {
        body = body.Replace("TYPE", TypeId, StringComparison.Ordinal);

        using var first = await PostAsync(path, body);
        using var repeated = await PostAsync(path, body);

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (first.StatusCode, repeated.StatusCode));
        var told = SigfoxEvent.From(Assert.Single(_host.Log.Appended(LogTopic.NetworkEvents)));
        Assert.Equal((kind, _device.Id, DateTimeOffset.FromUnixTimeSeconds(1700000000)), (told.Kind, told.DeviceId, told.SentAt));
        Assert.Equal(body, Encoding.UTF8.GetString(told.Payload.Span));
        Assert.Empty(_host.Log.Appended(LogTopic.Uplinks));
    }

    [Fact]
    public async Task DataAdvanced_AfterItsUplink_IsOnlyToldOf()
    {
        using var uplink = await PostAsync("/data/bidir", Message(seqNumber: 7));
        using var advanced = await PostAsync("/service/data-advanced", Advanced(seqNumber: 7));

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (uplink.StatusCode, advanced.StatusCode));
        var message = UplinkReceived.From(Assert.Single(_host.Log.Appended(LogTopic.Uplinks)));
        var told = SigfoxEvent.From(Assert.Single(_host.Log.Appended(LogTopic.NetworkEvents)));
        Assert.Equal((SigfoxCallbackKind.DataAdvanced, message.DeduplicationId), (told.Kind, told.DeduplicationId));
    }

    [Fact]
    public async Task DataAdvanced_OfAMessageThatWasMissed_IsThatMessageToo()
    {
        using var advanced = await PostAsync("/service/data-advanced", Advanced(seqNumber: 7));
        using var late = await PostAsync("/data/bidir", Message(seqNumber: 7));

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (advanced.StatusCode, late.StatusCode));
        var message = UplinkReceived.From(Assert.Single(_host.Log.Appended(LogTopic.Uplinks)));
        Assert.Equal((-113d, 7L), (message.Rssi, message.FCnt));
        Assert.Single(_host.Log.Appended(LogTopic.NetworkEvents));
    }

    [Fact]
    public async Task Get_WithTheMessageInTheAddress_IsTheSameMessage()
    {
        using var got = await _http.GetAsync(
            Address("/data/bidir", Secret) + "&time=1700000000&deviceId=1A2B3C&data=0102ff&seqNumber=42&ack=false&rssi=-113.5&station=0A1B", Ct);
        using var posted = await PostAsync("/data/bidir", Message(seqNumber: 42));

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (got.StatusCode, posted.StatusCode));
        var uplink = UplinkReceived.From(Assert.Single(_host.Log.Appended(LogTopic.Uplinks)));
        Assert.Equal(("1A2B3C-1700000000000-42", -113.5), (uplink.DeduplicationId, uplink.Rssi));
        using var payload = JsonDocument.Parse(uplink.Payload);
        Assert.Equal(("0102ff", "0A1B"), (payload.RootElement.GetProperty("data").GetString(), payload.RootElement.GetProperty("station").GetString()));
        Assert.False(payload.RootElement.TryGetProperty("secret", out _));
    }

    [Theory]
    [InlineData("{0}\n{1}\n{2}\n")]
    [InlineData("[{0},{1},{2}]")]
    public async Task Batch_OfSeveralDevices_TakesAllAndAnswersEachThatAsks(string form)
    {
        var other = await ReceiveSigfoxCallbackTests.ADeviceAsync(_database, "4D5E6F");
        await ADownlinkAsync();
        var body = string.Format(null, CompositeFormat.Parse(form), Message(seqNumber: 1, ack: true), Message("4D5E6F", 1, ack: true), Message(seqNumber: 2));

        using var response = await PostAsync("/data/bidir", body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal("0102030405060708", answer.RootElement.GetProperty("1A2B3C").GetProperty("downlinkData").GetString());
        Assert.True(answer.RootElement.GetProperty("4D5E6F").GetProperty("noData").GetBoolean());
        Assert.Equal(
            [(_device.Id, 1L), (other.Id, 1L), (_device.Id, 2L)],
            _host.Log.Appended(LogTopic.Uplinks).Select(UplinkReceived.From).Select(u => (u.DeviceId, u.FCnt!.Value)));
    }

    [Fact]
    public async Task Batch_WithADeviceThatIsNotHere_TakesTheOthers()
    {
        using var response = await PostAsync("/data/uplink", Message(seqNumber: 1) + Message("FFFFFF", 1) + Message(seqNumber: 2));
        using var again = await PostAsync("/data/uplink", Message(seqNumber: 1) + Message("FFFFFF", 1) + Message(seqNumber: 2));

        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NoContent), (response.StatusCode, again.StatusCode));
        Assert.Equal([1L, 2L], _host.Log.Appended(LogTopic.Uplinks).Select(UplinkReceived.From).Select(u => u.FCnt!.Value));
    }

    [Fact]
    public async Task Batch_InTheAddress_IsTaken()
    {
        using var response = await _http.GetAsync(
            Address("/data/uplink", Secret) + "&batch=" + Uri.EscapeDataString(Message(seqNumber: 1) + "\n" + Message(seqNumber: 2)), Ct);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(2, _host.Log.Appended(LogTopic.Uplinks).Count);
    }

    [Theory]
    [InlineData("/data/uplink")]
    [InlineData("/data/bidir")]
    [InlineData("/service/status")]
    [InlineData("/service/acknowledge")]
    [InlineData("/service/data-advanced")]
    [InlineData("/error")]
    public async Task Callback_WhenForgedOrMalformed_ChangesNothing(string path)
    {
        await ASecretAsync(requiredFrom: "now() - interval '1 minute'");
        var body = Advanced(seqNumber: 1);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(path, body, secret: null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(path, body, secret: "wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(path, body, secret: TypeId));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(path, body, secret: HeaderSecret));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(path, Advanced("FFFFFF", 1), Secret));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(path, body.Replace(TypeId, "5d8cdc8fea06bb6e41234568", StringComparison.Ordinal), Secret, "5d8cdc8fea06bb6e41234568"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(path, body, Secret, "5d8cdc8fea06bb6e41234568"));
        foreach (var malformed in new[] { "", "{", "[", "[]", "7", "[[{}]]", "{\"deviceId\":\"1A2B3C\"}", body + "}", "\u0000", "{\"time\":\"x\"}" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(path, malformed, Secret));
        }

        Assert.Empty(_host.Log.Appended(LogTopic.Uplinks));
        Assert.Empty(_host.Log.Appended(LogTopic.NetworkEvents));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(path, body, Secret));
    }

    [Fact]
    public async Task Secret_WhileSigfoxMayStillRepeatWithoutIt_IsNotAskedForButMustNotBeWrong()
    {
        await ASecretAsync(requiredFrom: "now() + interval '15 minutes'");

        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync("/data/bidir", Message(seqNumber: 1), secret: null));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync("/data/bidir", Message(seqNumber: 2), Secret));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/data/bidir", Message(seqNumber: 3), "wrong"));

        await _database.ExecuteAsync("UPDATE sigfox_device_types SET guarded_from = now() - interval '1 second'");
        await Messaging.Eventually.TrueAsync(() => StatusAsync("/data/bidir", Message(seqNumber: 1), secret: null).GetAwaiter().GetResult() == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Header_WhereTheOperatorWantsIt_MustBeThereAndRight()
    {
        await ASecretAsync(requiredFrom: "now() - interval '1 minute'", headerFrom: "now() - interval '1 minute'");

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/data/bidir", Message(seqNumber: 1), Secret));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/data/bidir", Message(seqNumber: 1), Secret, header: "wrong"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync("/data/bidir", Message(seqNumber: 1), secret: null, header: HeaderSecret));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync("/data/bidir", Message(seqNumber: 1), Secret, header: HeaderSecret));
    }

    [Fact]
    public async Task Callback_WhileTheDeviceMovesToAnotherType_MayNameEither()
    {
        await _database.ExecuteAsync($"UPDATE devices SET sigfox_next_device_type_id = '5d8cdc8fea06bb6e41234568' WHERE id = {_device.Id}");

        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync("/data/bidir", Message(seqNumber: 1), secret: null));
        Assert.Equal(
            HttpStatusCode.NoContent,
            await StatusAsync("/data/bidir", Message(seqNumber: 2).Replace(TypeId, "5d8cdc8fea06bb6e41234568", StringComparison.Ordinal), null, "5d8cdc8fea06bb6e41234568"));
    }

    [Fact]
    public async Task Callback_WhenTheLogIsAway_IsNotAcknowledgedAndTakenWhenItIsBack()
    {
        _host.Log.IsAway = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync("/service/data-advanced", Advanced(seqNumber: 1), null));
        _host.Log.IsAway = false;
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync("/service/data-advanced", Advanced(seqNumber: 1), null));

        Assert.Single(_host.Log.Appended(LogTopic.Uplinks));
        Assert.Single(_host.Log.Appended(LogTopic.NetworkEvents));
    }

    [Fact]
    public async Task Secret_OfARefusedCallback_IsInNoLogLine()
    {
        await ASecretAsync(requiredFrom: "now() - interval '1 minute'");
        _host.Log.IsAway = true;

        await StatusAsync("/data/bidir", Message(seqNumber: 1), Secret);
        await StatusAsync("/data/bidir", Message(seqNumber: 1), "almost-" + Secret);

        Assert.DoesNotContain(_host.Lines.All, line => line.Contains(Secret, StringComparison.Ordinal));
    }

    private async Task<HttpStatusCode> StatusAsync(string path, string body, string? secret, string apiKey = TypeId, string? header = null)
    {
        using var response = await PostAsync(path, body, secret, apiKey, header);
        return response.StatusCode;
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string body, string? secret = Secret, string apiKey = TypeId, string? header = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Address(path, secret, apiKey)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (header is not null)
        {
            request.Headers.Add(SigfoxCallbackSettings.SecretHeader, header);
        }

        return await _http.SendAsync(request, Ct);
    }

    private static string Address(string path, string? secret, string apiKey = TypeId) =>
        $"/api/v1/sigfox-callback{path}?apiKey={apiKey}{(secret is null ? "" : "&secret=" + secret)}";

    private static string Message(string deviceId = "1A2B3C", int seqNumber = 42, bool ack = false) =>
        ReceiveSigfoxCallbackTests.Callback(deviceId, TypeId, seqNumber, ack);

    private static string Advanced(string deviceId = "1A2B3C", int seqNumber = 42) => JsonSerializer.Serialize(new
    {
        time = 1700000000,
        deviceTypeId = TypeId,
        deviceId,
        data = "0102ff",
        seqNumber,
        lqi = "GOOD",
        duplicates = new[] { new { bsId = "0A1B", rssi = -113.0, snr = 9.5 }, new { bsId = "0A1C", rssi = -121.0, snr = 11.0 } },
    });

    private Task ASecretAsync(string requiredFrom, string headerFrom = "NULL")
    {
        var hash = _host.Services.GetRequiredService<LookupHash>();
        return _database.ExecuteAsync(
            $"""
            INSERT INTO sigfox_device_types
                (sigfox_id, sigfox_group_id, secret_ciphertext, secret_hash, header_secret_ciphertext, header_secret_hash, guarded_from, header_guarded_from)
            VALUES ('{TypeId}', {_device.SigfoxGroupId}, '', '\x{Convert.ToHexString(hash.Of(Secret))}', '', '\x{Convert.ToHexString(hash.Of(HeaderSecret))}', {requiredFrom}, {headerFrom})
            """);
    }

    private Task ADownlinkAsync() => _database.ExecuteAsync(
        $"INSERT INTO downlinks (device_id, payload, confirmed, state, created_at, updated_at) VALUES ({_device.Id}, '\\x0102030405060708', false, 0, now(), now())");
}

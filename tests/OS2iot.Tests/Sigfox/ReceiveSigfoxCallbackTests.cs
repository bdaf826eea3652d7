using System.Net;
using System.Text;
using System.Text.Json;
using OS2iot.Core.Applications;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;
using OS2iot.Core.Organizations;
using OS2iot.Core.Sigfox;
using OS2iot.Core.Uplinks;
using OS2iot.Tests.Api;
using OS2iot.Tests.Fakes;
using OS2iot.Tests.GenericHttp;

namespace OS2iot.Tests.Sigfox;

[Trait("Category", "Contract")]
public sealed class ReceiveSigfoxCallbackTests(PostgreSql postgres) : IAsyncLifetime
{
    private const string TypeId = "5d8cdc8fea06bb6e41234567";

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
        _device = await ADeviceAsync(_database, "1A2B3C");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    [Covers("POST /sigfox-callback/data/bidir")]
    public async Task Post_OfAKnownDevice_PutsTheSameBytesInTheLogWithWhatSigfoxSays()
    {
        const string Body = "{ \"time\": 1700000000, \"deviceTypeId\":\"" + TypeId + "\",\n \"deviceId\":\"1A2B3C\", \"data\":\"0102ff\", \"seqNumber\":42, \"rssi\":-113.5, \"snr\":12, \"æ\":1.50 }";

        using var response = await PostAsync(Body);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("none", response.Headers.GetValues("Cache-Control").Single());
        var uplink = UplinkReceived.From(Assert.Single(_host.Log.Appended(LogTopic.Uplinks)));
        Assert.Equal(Body, Encoding.UTF8.GetString(uplink.Payload.Span));
        Assert.Equal((_device.Id, _device.ApplicationId, DeviceType.Sigfox), (uplink.DeviceId, uplink.ApplicationId, uplink.Network));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000), uplink.SentAt);
        Assert.Equal(("1A2B3C-1700000000000-42", 42L, -113.5, 12d), (uplink.DeduplicationId, uplink.FCnt, uplink.Rssi, uplink.Snr));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?apiKey=")]
    [InlineData("?apiKey=5d8cdc8fea06bb6e41234568")]
    [InlineData("?apiKey=5D8CDC8FEA06BB6E41234567")]
    [Covers("POST /sigfox-callback/data/bidir")]
    public async Task Post_WithAnotherKeyThanTheDeviceType_IsABadRequest(string query)
    {
        using var response = await _http.PostAsync("/api/v1/sigfox-callback/data/bidir" + query, Json(Callback()), Ct);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("""{"statusCode":400,"message":"Bad Request"}""", await response.Content.ReadAsStringAsync(Ct));
        Assert.Empty(_host.Log.Appended(LogTopic.Uplinks));
    }

    [Theory]
    [InlineData("FFFFFF", TypeId)]
    [InlineData("1A2B3C", "5d8cdc8fea06bb6e41234568")]
    [InlineData("1A2B3C' OR 1=1", TypeId)]
    [InlineData("", TypeId)]
    [Covers("POST /sigfox-callback/data/bidir")]
    public async Task Post_OfAnUnknownDeviceOrType_IsNotFound(string deviceId, string typeId)
    {
        using var response = await PostAsync(Callback(deviceId, typeId), typeId);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("""{"statusCode":404,"message":"Not Found"}""", await response.Content.ReadAsStringAsync(Ct));
        Assert.Empty(_host.Log.Appended(LogTopic.Uplinks));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"deviceTypeId\":\"5d8cdc8fea06bb6e41234567\"}")]
    [Covers("POST /sigfox-callback/data/bidir")]
    public async Task Post_OfWhatIsNoCallback_IsABadRequestThatSaysWhy(string body)
    {
        using var response = await PostAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("\"error\":\"Bad Request\"", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Empty(_host.Log.Appended(LogTopic.Uplinks));
    }

    [Fact]
    [Covers("POST /sigfox-callback/data/bidir")]
    public async Task Post_WhenTheLogIsAway_AsksToTryAgainAndKeepsTheDownlink()
    {
        await ADownlinkAsync("0102030405060708");
        _host.Log.IsAway = true;

        using var response = await PostAsync(Callback(ack: true));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(60), response.Headers.RetryAfter?.Delta);
        Assert.Equal(0, await _database.ScalarAsync<int>("SELECT state FROM downlinks"));
    }

    [Fact]
    public async Task Post_OfMoreThan100Kilobytes_IsTooLarge()
    {
        using var response = await PostAsync("[\"" + new string('x', 102_400) + "\"]");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    [Covers("POST /sigfox-callback/data/bidir")]
    public async Task Post_WhenTheDeviceAsksAndSomethingWaits_AnswersTheOldestOnce()
    {
        await ADownlinkAsync("0102030405060708");
        await ADownlinkAsync("1112131415161718");

        using var notAsked = await PostAsync(Callback(seqNumber: 1, ack: false));
        using var first = await PostAsync(Callback(seqNumber: 2, ack: true));
        using var repeated = await PostAsync(Callback(seqNumber: 2, ack: true));
        using var second = await PostAsync(Callback(seqNumber: 3, ack: true));
        using var nothing = await PostAsync(Callback(seqNumber: 4, ack: true));

        Assert.Equal(HttpStatusCode.NoContent, notAsked.StatusCode);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal("""{"1A2B3C":{"downlinkData":"0102030405060708"}}""", await first.Content.ReadAsStringAsync(Ct));
        Assert.Equal(await first.Content.ReadAsStringAsync(Ct), await repeated.Content.ReadAsStringAsync(Ct));
        Assert.Equal("""{"1A2B3C":{"downlinkData":"1112131415161718"}}""", await second.Content.ReadAsStringAsync(Ct));
        Assert.Equal(HttpStatusCode.NoContent, nothing.StatusCode);
        Assert.Equal(2, await _database.ScalarAsync<long>("SELECT count(*) FROM downlinks WHERE state = 2 AND sent_at IS NOT NULL"));
        Assert.Equal(4, _host.Log.Appended(LogTopic.Uplinks).Count);
    }

    [Fact]
    public async Task Posts_WhenManyAskAtOnce_ShareNoDownlink()
    {
        for (var i = 0; i < 5; i++)
        {
            await ADownlinkAsync($"010203040506070{i}");
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
        {
            using var response = await PostAsync(Callback(seqNumber: i, ack: true));
            return await response.Content.ReadAsStringAsync(Ct);
        }));

        var given = answers.Where(a => a.Length > 0).ToList();
        Assert.Equal(given.Count, given.Distinct().Count());
        Assert.Equal(given.Count, await _database.ScalarAsync<long>("SELECT count(*) FROM downlinks WHERE state = 2"));
    }

    [Fact]
    public async Task Post_WhenAnImportedDownlinkWaits_AnswersItOnce()
    {
        await _database.ExecuteAsync($"UPDATE devices SET downlink_payload = 'a1a2a3a4a5a6a7a8' WHERE id = {_device.Id}");

        using var first = await PostAsync(Callback(seqNumber: 2, ack: true));
        using var second = await PostAsync(Callback(seqNumber: 3, ack: true));

        Assert.Equal("""{"1A2B3C":{"downlinkData":"a1a2a3a4a5a6a7a8"}}""", await first.Content.ReadAsStringAsync(Ct));
        Assert.Equal(HttpStatusCode.NoContent, second.StatusCode);
    }

    [Fact]
    public async Task Post_AfterTheDeviceChanged_IsJudgedByWhatItIsNowWithinASecond()
    {
        using var before = await PostAsync(Callback());
        Assert.Equal(HttpStatusCode.NoContent, before.StatusCode);

        await _database.ExecuteAsync($"UPDATE devices SET sigfox_device_type_id = '5d8cdc8fea06bb6e41234568' WHERE id = {_device.Id}");
        await WithinASecondAsync(HttpStatusCode.NotFound);
        await _database.ExecuteAsync($"UPDATE devices SET sigfox_device_type_id = '{TypeId}' WHERE id = {_device.Id}");
        await WithinASecondAsync(HttpStatusCode.NoContent);
        await _host.RemoveAsync(_device.Id);
        await WithinASecondAsync(HttpStatusCode.NotFound);
    }

    internal static async Task<SigfoxDevice> ADeviceAsync(TestDatabase database, string sigfoxId)
    {
        await using var db = database.CreateContext();
        var name = Guid.NewGuid().ToString("N");
        var organization = new Organization { Name = name };
        var device = new SigfoxDevice
        {
            Name = name,
            SigfoxId = sigfoxId,
            SigfoxDeviceTypeId = TypeId,
            SigfoxGroup = new SigfoxGroup { Username = name, PasswordCiphertext = "", Organization = organization },
            Application = new Application { Name = name, Organization = organization },
        };
        db.Devices.Add(device);
        await db.SaveChangesAsync(Ct);
        return device;
    }

    internal static string Callback(string deviceId = "1A2B3C", string typeId = TypeId, int seqNumber = 42, bool ack = false) =>
        JsonSerializer.Serialize(new { time = 1700000000, deviceTypeId = typeId, deviceId, data = "0102ff", seqNumber, ack });

    private Task ADownlinkAsync(string payload) => _database.ExecuteAsync(
        $"INSERT INTO downlinks (device_id, payload, confirmed, state, created_at, updated_at) VALUES ({_device.Id}, '\\x{payload}', false, 0, now(), now())");

    private async Task WithinASecondAsync(HttpStatusCode expected)
    {
        var until = TimeProvider.System.GetUtcNow().AddSeconds(1);
        HttpStatusCode last;
        do
        {
            using var response = await PostAsync(Callback());
            last = response.StatusCode;
            if (last == expected)
            {
                return;
            }

            await Task.Delay(20, Ct);
        }
        while (TimeProvider.System.GetUtcNow() < until);

        Assert.Equal(expected, last);
    }

    private Task<HttpResponseMessage> PostAsync(string body, string apiKey = TypeId) =>
        _http.PostAsync($"/api/v1/sigfox-callback/data/bidir?apiKey={apiKey}", Json(body), Ct);

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}

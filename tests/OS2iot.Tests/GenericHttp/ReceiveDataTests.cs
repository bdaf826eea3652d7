using System.IO.Compression;
using System.Net;
using System.Text;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;
using OS2iot.Core.Uplinks;
using OS2iot.Tests.Api;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.GenericHttp;

[Trait("Category", "Contract")]
public sealed class ReceiveDataTests(PostgreSql postgres) : IAsyncLifetime
{
    private readonly Guid _key = Guid.NewGuid();
    private TestDatabase _database = null!;
    private IngestHost _host = null!;
    private HttpClient _http = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _host = new IngestHost(_database);
        _http = _host.CreateClient();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    [Covers("POST /receive-data")]
    public async Task Post_OfAKnownDevice_PutsTheSameBytesInTheLogAndSaysTheirId()
    {
        var device = await _host.ADeviceAsync(_key);
        const string Body = "{ \"æ\": 1.50,\n  \"ignored\": [1, 2] }";

        using var response = await PostAsync(Body);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("none", response.Headers.GetValues("Cache-Control").Single());
        var uplink = UplinkReceived.From(Assert.Single(_host.Log.Appended(LogTopic.Uplinks)));
        Assert.Equal(Body, Encoding.UTF8.GetString(uplink.Payload.Span));
        Assert.Equal(uplink.MessageId.ToString(), response.Headers.GetValues("X-Message-Id").Single());
        Assert.Equal((device.Id, device.ApplicationId), (uplink.DeviceId, uplink.ApplicationId));
        Assert.Equal(DeviceType.GenericHttp, uplink.Network);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?apiKey=")]
    [InlineData("?apiKey=not-a-key")]
    [InlineData("?apiKey=7f0c1c44-3b3a-4a3d-8f0e-6f4f9d1f2a10")]
    [InlineData("?apiKey=7f0c1c44-3b3a-4a3d-8f0e-6f4f9d1f2a10&apiKey=7f0c1c44-3b3a-4a3d-8f0e-6f4f9d1f2a10")]
    [Covers("POST /receive-data")]
    public async Task Post_WithoutAKeyThatADeviceHas_IsForbiddenAndNeverAnothersDevice(string query)
    {
        await _host.ADeviceAsync(_key);

        using var response = await _http.PostAsync("/api/v1/receive-data" + query, Json("{}"), Ct);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(
            """{"statusCode":403,"message":"MESSAGE.DEVICE-DOES-NOT-EXIST","error":"Forbidden"}""",
            await response.Content.ReadAsStringAsync(Ct));
        Assert.Empty(_host.Log.Appended(LogTopic.Uplinks));
    }

    [Theory]
    [InlineData("")]
    [InlineData("42")]
    [InlineData("null")]
    [InlineData("{\"a\":")]
    [InlineData("a=1&b=2")]
    [Covers("POST /receive-data")]
    public async Task Post_OfWhatIsNoJson_IsABadRequest(string body)
    {
        await _host.ADeviceAsync(_key);

        using var response = await PostAsync(body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("\"statusCode\":400", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Empty(_host.Log.Appended(LogTopic.Uplinks));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Covers("POST /receive-data")]
    public async Task Post_OfMoreThan100Kilobytes_IsTooLarge(bool saysItsLength)
    {
        await _host.ADeviceAsync(_key);
        var body = Json("[\"" + new string('x', 102_400) + "\"]");
        using var request = new HttpRequestMessage(HttpMethod.Post, Address()) { Content = body };
        request.Headers.TransferEncodingChunked = !saysItsLength;

        using var response = await _http.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("""{"statusCode":413,"message":"request entity too large"}""", await response.Content.ReadAsStringAsync(Ct));
        Assert.Empty(_host.Log.Appended(LogTopic.Uplinks));
    }

    [Fact]
    public async Task Post_OfExactly100Kilobytes_IsTaken()
    {
        await _host.ADeviceAsync(_key);

        using var response = await PostAsync("[\"" + new string('x', 102_400 - 4) + "\"]");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Fact]
    public async Task Post_OfACompressedBody_IsDecompressed()
    {
        await _host.ADeviceAsync(_key);

        using var response = await _http.PostAsync(Address(), Compressed("{\"a\":1}"), Ct);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString(_host.Log.Appended(LogTopic.Uplinks).Single().Value.Span));
    }

    [Fact]
    public async Task Post_OfABodyThatDecompressesToTooMuch_IsTooLarge()
    {
        await _host.ADeviceAsync(_key);

        using var response = await _http.PostAsync(Address(), Compressed("[\"" + new string('x', 50_000_000) + "\"]"), Ct);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Post_OfABodyThatDoesNotDecompress_IsABadRequest()
    {
        await _host.ADeviceAsync(_key);
        var content = Json("this is not gzip");
        content.Headers.ContentEncoding.Add("gzip");

        using var response = await _http.PostAsync(Address(), content, Ct);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Post_WhenTheLogIsAway_AsksToTryAgain()
    {
        await _host.ADeviceAsync(_key);
        _host.Log.IsAway = true;

        using var response = await PostAsync("{}");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
    }

    [Fact]
    public async Task Posts_WhenTheLogIsAway_ShareOneWarning()
    {
        await _host.ADeviceAsync(_key);
        _host.Log.IsAway = true;

        for (var i = 0; i < 20; i++)
        {
            using var response = await PostAsync("{}");
        }

        Assert.Single(_host.Lines.All, line => line.Contains("not taken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_WithAnIdempotencyKey_KeepsItAsTheNetworksId()
    {
        await _host.ADeviceAsync(_key);
        using var request = new HttpRequestMessage(HttpMethod.Post, Address()) { Content = Json("{}") };
        request.Headers.Add("Idempotency-Key", "abc-1");

        using var response = await _http.SendAsync(request, Ct);

        Assert.Equal("abc-1", _host.Log.Appended(LogTopic.Uplinks).Single().Header(LogHeaders.DeduplicationId));
    }

    [Fact]
    public async Task Post_AfterTheDeviceIsGone_IsForbiddenWithinASecond()
    {
        var device = await _host.ADeviceAsync(_key);
        using var before = await PostAsync("{}");
        Assert.Equal(HttpStatusCode.NoContent, before.StatusCode);

        await _host.RemoveAsync(device.Id);

        await WithinASecondAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Post_WithAKeyThatWasUnknownAMomentAgo_IsTakenWithinASecond()
    {
        using var before = await PostAsync("{}");
        Assert.Equal(HttpStatusCode.Forbidden, before.StatusCode);

        await _host.ADeviceAsync(_key);

        await WithinASecondAsync(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Post_WhateverBecomesOfIt_LeavesNoKeyInTheLogLines()
    {
        await _host.ADeviceAsync(_key);
        using var taken = await PostAsync("{}");
        using var malformed = await PostAsync("{");
        _host.Log.IsAway = true;
        using var away = await PostAsync("{}");

        Assert.DoesNotContain(_host.Lines.All, line => line.Contains(_key.ToString(), StringComparison.OrdinalIgnoreCase));
    }

    private async Task WithinASecondAsync(HttpStatusCode expected)
    {
        var until = TimeProvider.System.GetUtcNow().AddSeconds(1);
        HttpStatusCode last;
        do
        {
            using var response = await PostAsync("{}");
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

    private Task<HttpResponseMessage> PostAsync(string body) => _http.PostAsync(Address(), Json(body), Ct);

    private string Address() => "/api/v1/receive-data?apiKey=" + _key;

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static ByteArrayContent Compressed(string body)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(body));
        }

        var content = new ByteArrayContent(bytes.ToArray());
        content.Headers.ContentType = new("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }
}

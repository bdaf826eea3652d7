using System.Net;
using System.Text;
using OS2iot.Core.Messaging;
using OS2iot.Tests.Fakes;
using OS2iot.Tests.GenericHttp;

namespace OS2iot.Tests.Limits;

public sealed class IngestLimitsTests(PostgreSql postgres) : IAsyncLifetime
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
        await _host.ADeviceAsync(_key);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Posts_OfAFloodingDevice_AreRefusedWhileItsNeighboursAllSucceed()
    {
        var neighbour = Guid.NewGuid();
        await _host.ADeviceAsync(neighbour);

        var flood = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => StatusOfAsync(_key)));
        var beside = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => StatusOfAsync(neighbour)));

        Assert.Contains(HttpStatusCode.TooManyRequests, flood);
        Assert.Contains(HttpStatusCode.NoContent, flood);
        Assert.All(beside, status => Assert.Equal(HttpStatusCode.NoContent, status));
    }

    [Fact]
    public async Task Post_OverTheLimit_SaysWhenToComeBackAndLeavesNothingInTheLog()
    {
        HttpResponseMessage response;
        do
        {
            response = await PostAsync(_http, _key, null);
        }
        while (response.StatusCode == HttpStatusCode.NoContent);

        var taken = _host.Log.Appended(LogTopic.Uplinks).Count;
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        Assert.Equal(
            """{"statusCode":429,"message":"Too many messages. Send it again later.","error":"Too Many Requests"}""",
            await response.Content.ReadAsStringAsync(Ct));
        Assert.True(taken >= 60, $"{taken} were taken before.");
    }

    [Fact]
    public async Task Posts_WithKeysThatNobodyHas_AreSlowedDown()
    {
        var statuses = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => StatusOfAsync(Guid.NewGuid())));

        Assert.Contains(HttpStatusCode.Forbidden, statuses);
        Assert.Contains(HttpStatusCode.TooManyRequests, statuses);
        Assert.Equal(HttpStatusCode.NoContent, await StatusOfAsync(_key));
    }

    [Fact]
    public async Task Post_OfARepeat_IsAnsweredAsTheFirstAndNotTakenAgain()
    {
        using var first = await PostAsync(_http, _key, "once");
        using var repeat = await PostAsync(_http, _key, "once");

        Assert.Equal(HttpStatusCode.NoContent, repeat.StatusCode);
        Assert.Equal(IdOf(first), IdOf(repeat));
        Assert.Single(_host.Log.Appended(LogTopic.Uplinks));
    }

    [Fact]
    public async Task Post_OfARepeatAtAnotherInstance_HasTheSameId()
    {
        await using var other = new IngestHost(_database);
        using var otherHttp = other.CreateClient();

        using var first = await PostAsync(_http, _key, "once");
        using var repeat = await PostAsync(otherHttp, _key, "once");

        Assert.Equal(IdOf(first), IdOf(repeat));
        Assert.Equal(
            _host.Log.Appended(LogTopic.Uplinks).Single().Header(LogHeaders.MessageId),
            other.Log.Appended(LogTopic.Uplinks).Single().Header(LogHeaders.MessageId));
    }

    [Fact]
    public async Task Post_OfARepeatAfterTheFirstWasNotStored_IsTaken()
    {
        _host.Log.IsAway = true;
        using var refused = await PostAsync(_http, _key, "once");
        _host.Log.IsAway = false;
        using var repeat = await PostAsync(_http, _key, "once");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, repeat.StatusCode);
        Assert.Single(_host.Log.Appended(LogTopic.Uplinks));
    }

    [Fact]
    public async Task Post_OfAnotherDevicesSameKey_IsAnotherMessage()
    {
        var neighbour = Guid.NewGuid();
        await _host.ADeviceAsync(neighbour);

        using var one = await PostAsync(_http, _key, "once");
        using var other = await PostAsync(_http, neighbour, "once");

        Assert.NotEqual(IdOf(one), IdOf(other));
        Assert.Equal(2, _host.Log.Appended(LogTopic.Uplinks).Count);
    }

    private async Task<HttpStatusCode> StatusOfAsync(Guid key)
    {
        using var response = await PostAsync(_http, key, null);
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, Guid key, string? idempotencyKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/receive-data?apiKey=" + key)
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
        };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return await http.SendAsync(request, Ct);
    }

    private static string IdOf(HttpResponseMessage response) => response.Headers.GetValues("X-Message-Id").Single();
}

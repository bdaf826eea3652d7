using System.Collections.Concurrent;
using System.Net;

namespace OS2iot.IntegrationTests;

/// <summary>What was acknowledged reaches its target, whatever is killed meanwhile.</summary>
[Collection(SystemCollection.Name)]
public sealed class NothingIsLostTests(RunningSystem system, ITestOutputHelper output)
{
    private const string Decoder = "function decode(payload, metadata) { return { n: payload.n, device: metadata.name }; }";

    [Fact]
    public async Task Uplinks_WhenWorkersAndIngestAreKilledTwiceMeanwhile_AllReachTheTarget()
    {
        var ct = TestContext.Current.CancellationToken;
        var scene = await system.ASceneAsync(Decoder, ct: ct);

        var acknowledged = await SendWhileAsync(scene, count: 1000, async () =>
        {
            for (var round = 0; round < 2; round++)
            {
                await system.KillAsync("workers", ct);
                await Task.Delay(500, ct);
                await system.KillAsync("ingest", ct);
                await system.WaitUntilHealthyAsync("ingest", ct);
                await system.WaitUntilHealthyAsync("workers", ct);
            }
        }, ct);

        await AssertAllDeliveredAsync(scene, acknowledged, ct);
    }

    [Fact]
    public async Task Uplinks_WhenPostgreSqlIsKilledMeanwhile_AllReachTheTarget()
    {
        var ct = TestContext.Current.CancellationToken;
        var scene = await system.ASceneAsync(Decoder, ct: ct);

        var acknowledged = await SendWhileAsync(scene, count: 500, async () =>
        {
            await system.KillAsync("postgres", ct);
            await Task.Delay(500, ct);
            await system.WaitUntilHealthyAsync("postgres", ct);
            await system.WaitUntilHealthyAsync("ingest", ct);
            await system.WaitUntilHealthyAsync("workers", ct);
        }, ct);

        await AssertAllDeliveredAsync(scene, acknowledged, ct);
    }

    [Fact]
    public async Task Uplinks_WhenTheTargetIsDownAtFirst_ReachItWhenItIsBack()
    {
        var ct = TestContext.Current.CancellationToken;
        var scene = await system.ASceneAsync(Decoder, ct: ct);
        using (var broken = await system.Simulator.PutAsync($"/sink/{scene.Sink}/faults", System.Net.Http.Json.JsonContent.Create(new { status = 503 }), ct))
        {
            broken.EnsureSuccessStatusCode();
        }

        var id = await scene.SendAcknowledgedAsync("""{"n": 1}""", ct);
        var waiting = await scene.MessageAsync(id, m => StateOf(m) == "pending" && m.GetProperty("deliveries")[0].GetProperty("attempts").GetArrayLength() > 0, ct);
        Assert.Equal(503, waiting.GetProperty("deliveries")[0].GetProperty("attempts")[0].GetProperty("statusCode").GetInt32());

        using (var mended = await system.Simulator.PutAsync($"/sink/{scene.Sink}/faults", System.Net.Http.Json.JsonContent.Create(new { }), ct))
        {
            mended.EnsureSuccessStatusCode();
        }

        Assert.Empty(await scene.MissingAfterAsync([id], TimeSpan.FromSeconds(20), ct));
        await scene.MessageAsync(id, m => StateOf(m) == "delivered", ct);
    }

    private static string? StateOf(System.Text.Json.JsonElement message) =>
        message.GetProperty("deliveries").EnumerateArray().Select(d => d.GetProperty("state").GetString()).FirstOrDefault();

    /// <summary>Sends from eight devices' worth of connections at a pace that spans the trouble; a refused message is sent again.</summary>
    private static async Task<ConcurrentBag<Guid>> SendWhileAsync(Scene scene, int count, Func<Task> trouble, CancellationToken ct)
    {
        var acknowledged = new ConcurrentBag<Guid>();
        var left = new ConcurrentQueue<int>(Enumerable.Range(0, count));
        var senders = Enumerable.Range(0, 8).Select(_ => Task.Run(() => SendAllAsync(scene, left, acknowledged, ct), ct)).ToList();
        await Task.Delay(300, ct);
        await trouble();
        await Task.WhenAll(senders);
        Assert.Equal(count, acknowledged.Count);
        return acknowledged;
    }

    private static async Task SendAllAsync(Scene scene, ConcurrentQueue<int> left, ConcurrentBag<Guid> acknowledged, CancellationToken ct)
    {
        while (left.TryDequeue(out var n))
        {
            while (!await TrySendAsync(scene, n, acknowledged, ct))
            {
                await Task.Delay(100, ct);
            }

            await Task.Delay(20, ct);
        }
    }

    private static async Task<bool> TrySendAsync(Scene scene, int n, ConcurrentBag<Guid> acknowledged, CancellationToken ct)
    {
        try
        {
            using var response = await scene.SendAsync($$"""{"n": {{n}}}""", ct);
            if (response.StatusCode != HttpStatusCode.NoContent)
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
                return false;
            }

            acknowledged.Add(Scene.IdOf(response));
            return true;
        }
        catch (HttpRequestException)
        {
            // Ingest was killed under us: no answer, no promise.
            return false;
        }
    }

    private async Task AssertAllDeliveredAsync(Scene scene, ConcurrentBag<Guid> acknowledged, CancellationToken ct)
    {
        var missing = await scene.MissingAfterAsync(acknowledged, TimeSpan.FromSeconds(60), ct);
        output.WriteLine($"accepted: {acknowledged.Count}, delivered: {acknowledged.Count - missing.Count}, lost: {missing.Count}");
        Assert.Empty(missing);
    }
}

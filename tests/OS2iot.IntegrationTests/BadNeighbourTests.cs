using System.Diagnostics;
using System.Net.Http.Json;

namespace OS2iot.IntegrationTests;

/// <summary>One bad neighbour hurts only itself.</summary>
[Collection(SystemCollection.Name)]
public sealed class BadNeighbourTests(RunningSystem system)
{
    private static readonly TimeSpan Prompt = TimeSpan.FromSeconds(8);

    [Theory]
    [InlineData("function decode() { while (true) {} }")]
    [InlineData("function decode() { const all = []; while (true) { all.push('x'.repeat(1e6)); } }")]
    public async Task Decoder_ThatNeverEnds_CostsItsOwnMessageAnErrorAndTheNeighbourNothing(string script)
    {
        var ct = TestContext.Current.CancellationToken;
        var bad = await system.ASceneAsync(script, ct: ct);
        var good = await system.ASceneAsync("function decode(payload) { return payload; }", ct: ct);

        var badId = await bad.SendAcknowledgedAsync("""{"n": 1}""", ct);
        var started = Stopwatch.GetTimestamp();
        var goodId = await good.SendAcknowledgedAsync("""{"n": 2}""", ct);
        Assert.Empty(await good.MissingAfterAsync([goodId], Prompt, ct));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Prompt);

        var message = await bad.MessageAsync(badId, m => m.GetProperty("decoded").GetArrayLength() > 0, ct);
        Assert.False(string.IsNullOrEmpty(message.GetProperty("decoded")[0].GetProperty("error").GetString()));
        Assert.Empty(await bad.DeliveredAsync(ct));
    }

    [Fact]
    public async Task Target_ThatHangs_DoesNotHoldUpAnother()
    {
        var ct = TestContext.Current.CancellationToken;
        var hanging = await system.ASceneAsync(ct: ct);
        var good = await system.ASceneAsync(ct: ct);
        using (var faults = await system.Simulator.PutAsync($"/sink/{hanging.Sink}/faults", JsonContent.Create(new { hang = true }), ct))
        {
            faults.EnsureSuccessStatusCode();
        }

        for (var i = 0; i < 50; i++)
        {
            await hanging.SendAcknowledgedAsync("""{"n": 1}""", ct);
        }

        var started = Stopwatch.GetTimestamp();
        var ids = new List<Guid>();
        for (var i = 0; i < 20; i++)
        {
            ids.Add(await good.SendAcknowledgedAsync("""{"n": 2}""", ct));
        }

        Assert.Empty(await good.MissingAfterAsync(ids, Prompt, ct));
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Prompt);
    }
}

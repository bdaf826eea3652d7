using System.Diagnostics;
using OS2iot.Core.PayloadDecoders;
using OS2iot.Decoder;

namespace OS2iot.Tests.PayloadDecoders;

/// <summary>One sandbox for all, as in a host: what one script breaks, the next ones would show.</summary>
public sealed class HostileScriptTests(SharedSandbox shared) : IClassFixture<SharedSandbox>
{
    /// <summary>
    /// From asking to the answer, on a machine that has much else to do: a script may have 900 ms, and one that nothing ends never
    /// answers.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static TheoryData<string> Endless => [.. HostileScripts.Endless.Keys];

    public static TheoryData<string> Heavy => [.. HostileScripts.Heavy.Keys];

    public static TheoryData<string> Nested => [.. HostileScripts.Nested.Keys];

    [Theory, MemberData(nameof(Endless))]
    public async Task Decode_WhenScriptNeverEnds_FailsSoon(string name)
    {
        var result = await RunAsync(HostileScripts.Endless[name]);

        Assert.False(result.Succeeded, result.Succeeded ? System.Text.Encoding.UTF8.GetString(result.Output.Span[..Math.Min(100, result.Output.Length)]) : "");
        Assert.InRange(result.Error!.Length, 1, DecodeResult.ErrorMaxLength);
    }

    [Theory, MemberData(nameof(Heavy))]
    public async Task Decode_WhenScriptIsHeavy_EndsSoon(string name) => await RunAsync(HostileScripts.Heavy[name]);

    [Theory, MemberData(nameof(Nested))]
    public async Task Decode_WhenSourceIsNestedDeeply_EndsSoon(string name) => await RunAsync(HostileScripts.Nested[name]());

    private async Task<DecodeResult> RunAsync(string code)
    {
        var watch = Stopwatch.StartNew();
        var result = await shared.Sandbox.DecodeAsync(DecoderScript.Unsaved(code), Decoders.Input(), TestContext.Current.CancellationToken);
        var took = watch.Elapsed;
        TestContext.Current.TestOutputHelper?.WriteLine($"{took.TotalMilliseconds:0} ms: {result.Failure} {result.Error}");
        Assert.True(took < Patience, $"It took {took.TotalMilliseconds:0} ms: {result.Error}");

        // The sandbox still serves the next one.
        var next = await shared.Sandbox.DecodeAsync(
            DecoderScript.Unsaved("function decode(p) { return p.a + 1 }"), Decoders.Input("""{"a":1}"""), TestContext.Current.CancellationToken);
        Assert.Equal("2", Decoders.Text(next));
        Assert.False(shared.Sandbox.IsBroken);
        return result;
    }
}

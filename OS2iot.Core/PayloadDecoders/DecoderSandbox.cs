using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OS2iot.Decoder;

namespace OS2iot.Core.PayloadDecoders;

/// <summary>
/// Runs users' scripts. A script that is endless, greedy or hostile costs its own message an error and others nothing: it has
/// limits, runs in a process apart that can be ended, never in all of these, and is suspended when it meets its limits again and again.
/// </summary>
public sealed class DecoderSandbox : IDisposable
{
    private readonly DecoderSuspension _suspension;
    private readonly DecoderPlaces _places;
    private readonly SemaphoreSlim _room;

    public DecoderSandbox(IOptions<DecodingOptions> options, TimeProvider clock, ILogger<DecoderSandbox> logger)
    {
        var limits = options.Value;
        _suspension = new DecoderSuspension(limits.SuspendAfter, limits.FirstSuspension, limits.LongestSuspension, clock);
        _room = new SemaphoreSlim(limits.QueueLimit);
        _places = new DecoderPlaces(limits, run => _suspension.Find(run.Script), (run, result) => _suspension.Note(run.Script, result), logger);
    }

    /// <summary>
    /// Runs a script on a message. Never throws for what the script does. Waits without a thread while others are served; runs of
    /// different scripts, and several of one, may be asked for at once.
    /// </summary>
    public Task<DecodeResult> DecodeAsync(DecoderScript script, DecoderInput input, CancellationToken ct) =>
        RunAsync(script, input, DecoderFunction.Decode, ct);

    /// <summary>
    /// Lets a script turn <see cref="DecoderInput.Payload"/> into the bytes of a downlink, by its <c>encodeDownlink</c> or
    /// <c>Encode</c>. Never throws for what the script does.
    /// </summary>
    public async Task<EncodeResult> EncodeAsync(DecoderScript script, DecoderInput input, CancellationToken ct) =>
        EncodeResult.From(await RunAsync(script, input, DecoderFunction.EncodeDownlink, ct));

    private async Task<DecodeResult> RunAsync(DecoderScript script, DecoderInput input, DecoderFunction function, CancellationToken ct)
    {
        if (_suspension.Find(script) is { } suspended)
        {
            return suspended;
        }

        await _room.WaitAsync(ct);
        try
        {
            var run = new DecoderRun(script, input, function, ct);
            _places.Add(run);
            return await run.Ended.WaitAsync(ct);
        }
        finally
        {
            _room.Release();
        }
    }

    /// <summary>The program that runs scripts could not be started.</summary>
    public bool IsBroken => _places.IsBroken;

    public void Dispose()
    {
        _places.Dispose();
        _room.Dispose();
    }
}

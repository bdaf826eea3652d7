using OS2iot.Decoder;

namespace OS2iot.Core.PayloadDecoders;

/// <summary>One script to run on one message, and who waits for it.</summary>
internal sealed class DecoderRun(DecoderScript script, DecoderInput input, DecoderFunction function, CancellationToken ct)
{
    /// <summary>Scripts that are only being tried share one lane.</summary>
    private const int Unsaved = -1;

    private readonly TaskCompletionSource<DecodeResult> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DecoderScript Script { get; } = script;

    public int LaneKey => Script.Id ?? Unsaved;

    /// <summary>Bytes that go to the process at the most.</summary>
    public int Size => Script.Utf8.Length + input.Payload.Length + input.Metadata.Length + 64;

    public Task<DecodeResult> Ended => _ended.Task;

    /// <summary>Nobody waits for it any more.</summary>
    public bool IsAbandoned => ct.IsCancellationRequested;

    public DecodeRequest ToRequest() => new()
    {
        ScriptId = Script.Id,
        ScriptVersion = Script.Version,
        Code = Script.Utf8,
        Payload = input.Payload,
        Metadata = input.Metadata,
        Bytes = input.Bytes,
        FPort = input.FPort,
        ReceivedAt = input.ReceivedAt,
        CaptureConsole = input.CaptureConsole,
        Function = function,
    };

    public void Complete(DecodeResult result) => _ended.TrySetResult(result);

    public void Fail(Exception exception) => _ended.TrySetException(exception);
}

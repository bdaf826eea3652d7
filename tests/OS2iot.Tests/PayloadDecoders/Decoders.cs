using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OS2iot.Core.Devices;
using OS2iot.Core.PayloadDecoders;
using OS2iot.Decoder;

namespace OS2iot.Tests.PayloadDecoders;

/// <summary>Sandboxes, messages and answers in few words.</summary>
internal static class Decoders
{
    public static readonly DateTimeOffset ReceivedAt = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    public const string Metadata =
        """{"id":7,"createdAt":"2026-01-02T03:04:05.678+00:00","updatedAt":"2026-01-02T03:04:05.678+00:00","name":"Havnen","type":"GENERIC_HTTP","location":{"type":"Point","coordinates":[8.2,55.6]},"comment":null,"metadata":"{\"offset\":\"12\"}","application":{"id":3,"name":"Vandstand"}}""";

    public static DecoderSandbox Sandbox(DecodingOptions? options = null, TimeProvider? clock = null) =>
        new(Options.Create(options ?? new DecodingOptions()), clock ?? TimeProvider.System, NullLogger<DecoderSandbox>.Instance);

    public static DecoderInput Input(string payload = "{}", DeviceType network = DeviceType.GenericHttp, int? fPort = null) => new()
    {
        Payload = Encoding.UTF8.GetBytes(payload),
        Metadata = Encoding.UTF8.GetBytes(Metadata),
        Network = network,
        FPort = fPort,
        ReceivedAt = ReceivedAt,
        CaptureConsole = true,
    };

    public static string Text(DecodeResult result)
    {
        Assert.True(result.Succeeded, result.Error);
        return Encoding.UTF8.GetString(result.Output.Span);
    }
}

/// <summary>One sandbox for the tests of a class; its processes take a moment to start.</summary>
public sealed class SharedSandbox : IAsyncLifetime
{
    internal DecoderSandbox Sandbox { get; } = Decoders.Sandbox(new DecodingOptions { ScriptLimit = 1 << 20 });

    /// <summary>So that no test pays for the start.</summary>
    public async ValueTask InitializeAsync() =>
        await Sandbox.DecodeAsync(DecoderScript.Unsaved("function decode() { return 1 }"), Decoders.Input(), CancellationToken.None);

    public ValueTask DisposeAsync()
    {
        Sandbox.Dispose();
        return ValueTask.CompletedTask;
    }
}

using System.Text;
using System.Text.Json;
using FastEndpoints;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Devices;
using OS2iot.Core.PayloadDecoders;
using OS2iot.Decoder;

namespace OS2iot.Api.PayloadDecoders;

internal sealed class TestPayloadDecoderRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["code"] = Is.Text(),
        ["iotDeviceJsonString"] = Is.Text(),
        ["rawPayloadJsonString"] = Is.Text(),
    };

    /// <summary>The script as a JSON string inside this string.</summary>
    public string Code { get; init; } = "";

    /// <summary>What the script gets as the device, as JSON.</summary>
    public string IotDeviceJsonString { get; init; } = "";

    /// <summary>What the script gets as the message, as JSON.</summary>
    public string RawPayloadJsonString { get; init; } = "";
}

/// <summary>Runs a script that is not saved, in the same sandbox and within the same limits as the pipeline does.</summary>
[Answers(typeof(JsonElement), Example = """{"level":1.5}""")]
[RefusesWith(StatusCodes.Status429TooManyRequests)]
internal sealed class TestPayloadDecoder(DecoderSandbox sandbox, TimeProvider clock) : Endpoint<TestPayloadDecoderRequest, RawJson>
{
    /// <summary>Trials share one lane of the sandbox; who finds it full for so long is sent away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public override void Configure()
    {
        Post("test-payload-decoder");
        Policies(Role.SignedIn);
    }

    public override async Task<RawJson> ExecuteAsync(TestPayloadDecoderRequest request, CancellationToken ct)
    {
        var code = Parse(request.Code);
        if (code.ValueKind != JsonValueKind.String)
        {
            throw Refusal.BadRequest("Got error: The code must be a JSON string");
        }

        var device = Parse(request.IotDeviceJsonString);
        Parse(request.RawPayloadJsonString);
        var input = new DecoderInput
        {
            Payload = Encoding.UTF8.GetBytes(request.RawPayloadJsonString),
            Metadata = Encoding.UTF8.GetBytes(request.IotDeviceJsonString),
            Network = NetworkOf(device),
            ReceivedAt = clock.GetUtcNow(),
        };
        var result = await RunAsync(DecoderScript.Unsaved(code.GetString()!), input, ct);
        return result.Error is { } error ? throw Refusal.BadRequest($"Got error: {error}") : new RawJson(result.Output);
    }

    private async Task<DecodeResult> RunAsync(DecoderScript script, DecoderInput input, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            return await sandbox.DecodeAsync(script, input, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw Refusal.TooManyRequests(retryAfter: 5);
        }
    }

    // It decides where in the payload the device's bytes are.
    private static DeviceType NetworkOf(JsonElement device) =>
        Shape.Member(device, "type") is { ValueKind: JsonValueKind.String } type && DeviceTypes.TryParse(type.GetString(), out var network)
            ? network
            : DeviceType.GenericHttp;

    private static JsonElement Parse(string json)
    {
        try
        {
            return JsonElement.Parse(json);
        }
        catch (JsonException exception)
        {
            throw Refusal.BadRequest($"Got error: {exception.Message}");
        }
    }
}

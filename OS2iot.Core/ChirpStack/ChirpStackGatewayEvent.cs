using System.Text.Json;
using Google.Protobuf;
using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Core.ChirpStack;

/// <summary>
/// Reads what gateways publish: as a rule in protobuf, in JSON where the gateway bridge was set so. What comes out is JSON in both cases.
/// </summary>
public static class ChirpStackGatewayEvent
{
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default);

    /// <returns>Null where it is no such thing.</returns>
    public static (ConnState State, byte[] Json)? ReadState(ReadOnlyMemory<byte> payload) => Read(payload, ConnState.Parser);

    /// <returns>Null where it is no such thing.</returns>
    public static (GatewayStats Stats, byte[] Json)? ReadStats(ReadOnlyMemory<byte> payload) => Read(payload, GatewayStats.Parser);

    /// <summary>The gateway's id as told now, or as it was told by older ones.</summary>
    public static string? GatewayIdOf(string gatewayId, ByteString legacy) =>
        ChirpStackEvent.EuiOf(gatewayId.Length > 0 ? gatewayId : Convert.ToHexStringLower(legacy.Span));

    private static (T Message, byte[] Json)? Read<T>(ReadOnlyMemory<byte> payload, MessageParser<T> parser)
        where T : IMessage<T>, new()
    {
        try
        {
            // No message in protobuf begins so: it would be field 15, which none of them has.
            var message = payload.Span.StartsWith("{"u8)
                ? Parser.Parse<T>(System.Text.Encoding.UTF8.GetString(payload.Span))
                : parser.ParseFrom(payload.Span);
            return (message, System.Text.Encoding.UTF8.GetBytes(Formatter.Format(message)));
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

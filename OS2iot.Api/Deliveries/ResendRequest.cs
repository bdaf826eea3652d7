using OS2iot.Api.Http;
using OS2iot.Api.Validation;

namespace OS2iot.Api.Deliveries;

/// <summary>To whom messages are sent again.</summary>
internal class ResendRequest
{
    protected static readonly KeyValuePair<string, Field>[] Fields =
    [
        new("connectionIds", Is.Ids().Optional()),
        new("dataTargetIds", Is.Ids().Optional()),
        new("onlyFailed", Is.Boolean().Optional()),
    ];

    /// <summary>Only by these connections; all of the device's when absent or empty.</summary>
    public int[]? ConnectionIds { get; init; }

    /// <summary>Only to these targets; all when absent or empty.</summary>
    public int[]? DataTargetIds { get; init; }

    /// <summary>Only dead letters. Of one message false unless it is said, of a range true.</summary>
    public bool? OnlyFailed { get; init; }

    internal static Field Time() => new Field().Rule("isDate", v => WireTime.Parse(v) is not null, p => $"{p} must be a date");
}

internal sealed class ResendMessageRequest : ResendRequest, IBodyRequest
{
    public static Shape Shape { get; } = new(Fields);
}

internal sealed class ResendMessagesRequest : ResendRequest, IBodyRequest
{
    public static Shape Shape { get; } = new(Fields) { ["from"] = Time(), ["to"] = Time().Optional() };

    /// <summary>Messages received then or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Messages received before then; now when absent.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>Which dead letters of a target are sent again.</summary>
internal sealed class ResendDeliveriesRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["from"] = ResendRequest.Time().Optional(),
        ["to"] = ResendRequest.Time().Optional(),
        ["deviceIds"] = Is.Ids().Optional(),
    };

    /// <summary>Messages received then or later; all when absent.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Messages received before then; now when absent.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only of these devices; of all when absent or empty.</summary>
    public int[]? DeviceIds { get; init; }
}

/// <summary>What a call to send again did.</summary>
/// <param name="Messages">Messages that were looked at.</param>
/// <param name="Queued">Deliveries that are sent again; a message has one for each connection.</param>
/// <param name="Waiting">Deliveries that waited already and are tried now.</param>
/// <param name="WithoutResult">Deliveries that can't be sent because the decoder made nothing of the message.</param>
/// <param name="ContinueFrom">The <c>from</c> of the next call, when there were more messages than one call takes; else null.</param>
internal sealed record ResendResponse(int Messages, long Queued, long Waiting, long WithoutResult, DateTimeOffset? ContinueFrom);

/// <param name="Queued">Dead letters that are sent again.</param>
/// <param name="More">There are more than one call takes.</param>
internal sealed record ResendDeliveriesResponse(long Queued, bool More);

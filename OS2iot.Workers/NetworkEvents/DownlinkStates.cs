using Npgsql;
using OS2iot.Core.Downlinks;
using OS2iot.Core.NetworkEvents;

namespace OS2iot.Workers.NetworkEvents;

/// <summary>What events say became of downlinks. A state never goes back.</summary>
internal static class DownlinkStates
{
    private const int ErrorMaxLength = 500;

    private const string Sent =
        """
        UPDATE downlinks SET state = $4, sent_at = $3, fcnt_down = coalesce($5, fcnt_down)
        WHERE device_id = $1 AND network_item_id = $2 AND state < $4
        """;

    private const string Acknowledged =
        """
        UPDATE downlinks SET state = $4, acknowledged_at = $3, sent_at = coalesce(sent_at, $3), fcnt_down = coalesce($5, fcnt_down)
        WHERE device_id = $1 AND network_item_id = $2 AND state < $4
        """;

    private const string Failed =
        """
        UPDATE downlinks SET state = $4, error = $3 WHERE device_id = $1 AND network_item_id = $2 AND state < 3
        """;

    public static void Follow(NpgsqlBatch batch, NetworkEvent happened, EventDetails details, int deviceId, DateTimeOffset at)
    {
        if (details.QueueItemId is not { } item)
        {
            return;
        }

        switch (happened.Kind)
        {
            case NetworkEventKind.TxAck:
                batch.Add(Sent, deviceId, item, at, (int)DownlinkState.Sent, details.FCntDown ?? (object)DBNull.Value);
                break;
            case NetworkEventKind.Ack when details.Acknowledged:
                batch.Add(Acknowledged, deviceId, item, at, (int)DownlinkState.Acknowledged, details.FCntDown ?? (object)DBNull.Value);
                break;
            case NetworkEventKind.Ack:
                batch.Add(Failed, deviceId, item, "The device did not acknowledge it.", (int)DownlinkState.Failed);
                break;
            case NetworkEventKind.Log when details.Level == "ERROR":
                batch.Add(Failed, deviceId, item, Cut($"{details.Code}: {details.Description}"), (int)DownlinkState.Failed);
                break;
        }
    }

    private static string Cut(string text) => text.Length <= ErrorMaxLength ? text : text[..ErrorMaxLength];
}

using Npgsql;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Messaging;
using OS2iot.Core.Uplinks;
using OS2iot.Workers.Duplicates;

namespace OS2iot.Workers.NetworkEvents;

/// <summary>Notes by which gateways each uplink was heard, and how well.</summary>
internal sealed partial class StoreReceptions(
    IMessageLog log, FirstReceptions firsts, NpgsqlDataSource database, ILogger<StoreReceptions> logger)
    : LogConsumer(log, LogTopic.Uplinks, Group)
{
    public const string Group = "receptions";

    private const string Insert =
        """
        INSERT INTO receptions (message_id, received_at, device_id, gateway_eui, rssi, snr, dr, spreading_factor, frequency, f_cnt)
        SELECT r.* FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            AS r (message_id, received_at, device_id, gateway_eui, rssi, snr, dr, spreading_factor, frequency, f_cnt)
        WHERE EXISTS (SELECT 1 FROM devices d WHERE d.id = r.device_id)
        ON CONFLICT DO NOTHING
        """;

    protected override async Task HandleAsync(IReadOnlyList<LogRecord> batch, CancellationToken ct)
    {
        var rows = new List<Row>();
        var uplinks = batch.Read(UplinkReceived.From, LogUnreadable).Where(u => u.Network == DeviceType.LoRaWan).ToList();
        foreach (var uplink in await firsts.OfAsync(uplinks, Group, ct))
        {
            if (ChirpStackEvent.Read(uplink.Payload) is { } happened)
            {
                rows.AddRange(happened.Receptions.Select(r => new Row(uplink, happened, r)));
            }
        }

        if (rows.Count > 0)
        {
            await InsertAsync(rows, ct);
        }
    }

    private async Task InsertAsync(List<Row> rows, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Insert);
        command.Parameters.Add(Columns.Of(rows, r => r.Uplink.MessageId));
        command.Parameters.Add(Columns.Of(rows, r => r.Uplink.ReceivedAt));
        command.Parameters.Add(Columns.Of(rows, r => r.Uplink.DeviceId));
        command.Parameters.Add(Columns.Of(rows, r => r.Reception.GatewayId));
        command.Parameters.Add(Columns.Of(rows, r => (double?)r.Reception.Rssi));
        command.Parameters.Add(Columns.Of(rows, r => (double?)r.Reception.Snr));
        command.Parameters.Add(Columns.Of(rows, r => r.Event.Dr));
        command.Parameters.Add(Columns.Of(rows, r => r.Event.SpreadingFactor));
        command.Parameters.Add(Columns.Of(rows, r => r.Event.Frequency));
        command.Parameters.Add(Columns.Of(rows, r => r.Event.FCnt));
        await command.ExecuteNonQueryAsync(ct);
    }

    [LoggerMessage(LogLevel.Error, "A record of the log is no uplink of ours and was passed over")]
    private partial void LogUnreadable(Exception exception);

    private sealed record Row(UplinkReceived Uplink, ChirpStackEvent Event, ChirpStackReception Reception);
}

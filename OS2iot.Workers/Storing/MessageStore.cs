using Npgsql;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Uplinks;
using OS2iot.Workers.Database;

namespace OS2iot.Workers.Storing;

/// <summary>
/// Writes the history in bulk; the log's partitions, which come side by side, share round trips. Writing the same message again
/// changes nothing.
/// </summary>
internal sealed class MessageStore
{
    private const int MaxRows = 1000;

    private const string InsertReceived =
        """
        INSERT INTO received_messages (id, received_at, device_id, organization_id, network, sent_at, f_port, f_cnt, rssi, snr, payload, is_recovered)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT DO NOTHING
        """;

    private const string InsertDecoded =
        """
        INSERT INTO decoded_messages
            (message_id, received_at, device_id, payload_decoder_id, payload_decoder_version, decoded_at, payload, error)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT DO NOTHING
        """;

    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _clock;
    private readonly SharedWrites<UplinkReceived> _received;
    private readonly SharedWrites<UplinkDecoded> _decoded;

    public MessageStore(NpgsqlDataSource database, TimeProvider clock)
    {
        (_database, _clock) = (database, clock);
        _received = new SharedWrites<UplinkReceived>(MaxRows, InsertAsync, clock);
        _decoded = new SharedWrites<UplinkDecoded>(MaxRows, InsertAsync, clock);
    }

    /// <exception cref="NpgsqlException">The database did not take them; none was stored.</exception>
    public Task StoreAsync(IReadOnlyList<UplinkReceived> uplinks, CancellationToken ct) => _received.WriteAsync(uplinks, ct);

    /// <exception cref="NpgsqlException">The database did not take them; none was stored.</exception>
    public Task StoreAsync(IReadOnlyList<UplinkDecoded> decoded, CancellationToken ct) => _decoded.WriteAsync(decoded, ct);

    private async Task InsertAsync(IReadOnlyList<UplinkReceived> uplinks, CancellationToken ct)
    {
        await using var batch = _database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(InsertReceived)
        {
            Parameters =
            {
                Columns.Of(uplinks, u => u.MessageId),
                Columns.Of(uplinks, u => u.ReceivedAt),
                Columns.Of(uplinks, u => u.DeviceId),
                Columns.Of(uplinks, u => u.OrganizationId),
                Columns.Of(uplinks, u => u.Network.ToWire()),
                Columns.Of(uplinks, u => u.SentAt),
                Columns.Of(uplinks, u => u.FPort),
                Columns.Of(uplinks, u => u.FCnt),
                Columns.Of(uplinks, u => u.Rssi),
                Columns.Of(uplinks, u => u.Snr),
                Columns.OfBytes(uplinks, u => u.Payload),
                Columns.Of(uplinks, u => u.IsRecovered),
            },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }

    private async Task InsertAsync(IReadOnlyList<UplinkDecoded> decoded, CancellationToken ct)
    {
        var now = _clock.GetUtcNow();
        await using var batch = _database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(InsertDecoded)
        {
            Parameters =
            {
                Columns.Of(decoded, d => d.MessageId),
                Columns.Of(decoded, d => d.ReceivedAt),
                Columns.Of(decoded, d => d.DeviceId),
                Columns.Of(decoded, d => d.PayloadDecoderId ?? 0),
                Columns.Of(decoded, d => d.PayloadDecoderVersion ?? 0),
                Columns.Of(decoded, _ => now),
                Columns.OfBytes(decoded, d => d.Error is null ? d.Payload : default(ReadOnlyMemory<byte>?)),
                Columns.Of(decoded, d => d.Error),
            },
        });
        await batch.ExecuteNonQueryAsync(ct);
    }
}

using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Api.Http;

namespace OS2iot.Api.OpenDataDk;

/// <summary>
/// The shared data of a target: what its decoders made of the newest message of each device, as it was stored when the message came.
/// Anybody may ask, so little is done for each who does: nothing is decoded, answers are kept for moments, and few are read at a time.
/// </summary>
internal sealed class SharedData(NpgsqlDataSource database, IOptions<OpenDataDkOptions> options) : IDisposable
{
    /// <summary>Elements of one answer, and their bytes; what is beyond is left out.</summary>
    private const int MaxElements = 1_000;

    private const int MaxBytes = 10 * 1024 * 1024;

    private const int ReadAtOnce = 4;

    private const long MaxBytesKept = 64 * 1024 * 1024;

    private static readonly byte[] NoData = """{"error":"NoData"}"""u8.ToArray();

    // The device's newest message is looked up by its key, device by device: the limits keep PostgreSQL from reading the history for
    // all at once. Where a decoder has no result for it yet, the newest that it has counts.
    private const string Sql =
        """
        SELECT cd.device_id, coalesce(n.payload, o.payload)
        FROM data_target_connections c
        JOIN data_target_connection_devices cd ON cd.connection_id = c.id
        JOIN device_states s ON s.device_id = cd.device_id
        LEFT JOIN LATERAL (
            SELECT m.message_id, m.payload FROM decoded_messages m
            WHERE m.received_at = s.last_seen_at AND m.message_id = s.last_message_id AND m.payload_decoder_id = c.payload_decoder_id
            LIMIT 1
        ) n ON true
        LEFT JOIN LATERAL (
            SELECT m.message_id, m.payload FROM decoded_messages m
            WHERE n.message_id IS NULL AND m.device_id = cd.device_id AND m.payload_decoder_id = c.payload_decoder_id
            ORDER BY m.received_at DESC LIMIT 1
        ) o ON true
        WHERE c.data_target_id = $1 AND c.payload_decoder_id IS NOT NULL AND coalesce(n.message_id, o.message_id) IS NOT NULL
        ORDER BY c.id, cd.device_id
        LIMIT $2
        """;

    private readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = MaxBytesKept });
    private readonly SemaphoreSlim _room = new(ReadAtOnce);

    /// <summary>JSON: an array with an element for each device and decoder, or an object that says that there is nothing.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(int dataTargetId, CancellationToken ct)
    {
        if (_kept.TryGetValue(dataTargetId, out byte[]? kept))
        {
            return kept;
        }

        await _room.WaitAsync(ct);
        try
        {
            // Somebody else who waited may have read it meanwhile.
            if (_kept.TryGetValue(dataTargetId, out kept))
            {
                return kept;
            }

            var body = await ReadFromDatabaseAsync(dataTargetId, ct);
            if (options.Value.DataMaxAge > TimeSpan.Zero)
            {
                var until = new MemoryCacheEntryOptions { Size = body.Length, AbsoluteExpirationRelativeToNow = options.Value.DataMaxAge / 2 };
                _kept.Set(dataTargetId, body, until);
            }

            return body;
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose()
    {
        _kept.Dispose();
        _room.Dispose();
    }

    private async Task<byte[]> ReadFromDatabaseAsync(int dataTargetId, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = dataTargetId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MaxElements });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var elements = new List<RawJson>();
        var bytes = 0;
        while (bytes < MaxBytes && await reader.ReadAsync(ct))
        {
            var element = reader.IsDBNull(1) ? Undecodable(reader.GetInt32(0)) : reader.GetFieldValue<byte[]>(1);
            elements.Add(new RawJson(element));
            bytes += element.Length;
        }

        return elements.Count == 0 ? NoData : JsonSerializer.SerializeToUtf8Bytes(elements, WireJson.Answers);
    }

    private static byte[] Undecodable(int deviceId) => Encoding.UTF8.GetBytes($$"""{"error":"Could not decode data for device({{deviceId}})"}""");
}

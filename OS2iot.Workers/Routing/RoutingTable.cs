using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Devices;
using OS2iot.Core.PayloadDecoders;

namespace OS2iot.Workers.Routing;

/// <summary>
/// Which decoders and targets a device's messages have. Read from the database for all unknown devices of a batch at once, kept
/// until the database tells that something changed.
/// </summary>
internal sealed partial class RoutingTable : IDisposable
{
    /// <summary>Written by the triggers <c>notify_routing_changed</c>.</summary>
    private const string Channel = "routing_changed";

    /// <summary>Devices remembered; beyond that everything is forgotten and read again as needed.</summary>
    private const int Capacity = 100_000;

    private const string DevicesSql =
        """
        SELECT d.id, d.name, d.type, d.latitude, d.longitude, d.comment_on_location, d.comment, d.metadata, d.created_at, d.updated_at,
               a.id, a.name
        FROM devices d JOIN applications a ON a.id = d.application_id
        WHERE d.id = ANY($1)
        """;

    private const string ConnectionsSql =
        """
        SELECT cd.device_id, c.id, c.payload_decoder_id, c.data_target_id
        FROM data_target_connection_devices cd JOIN data_target_connections c ON c.id = cd.connection_id
        WHERE cd.device_id = ANY($1)
        ORDER BY cd.device_id, c.id
        """;

    private const string DecodersSql = "SELECT id, version, decoding_function FROM payload_decoders WHERE id = ANY($1)";

    private const string TargetsSql =
        "SELECT id, type, settings, paused OR disabled_at IS NOT NULL, max_concurrency FROM data_targets WHERE id = ANY($1)";

    private readonly NpgsqlDataSource _database;
    private readonly DataTargetSettings _settings;
    private readonly ILogger<RoutingTable> _logger;
    private readonly IDisposable _subscription;
    private volatile Snapshot _snapshot = new();

    public RoutingTable(
        NpgsqlDataSource database, DataTargetSettings settings, PostgreSqlNotifications notifications, ILogger<RoutingTable> logger)
    {
        _database = database;
        _settings = settings;
        _logger = logger;
        _subscription = notifications.Subscribe(Channel, _ => Forget(), Forget);
    }

    /// <summary>The routes of the given devices; a device that is gone has an empty one.</summary>
    /// <exception cref="NpgsqlException">The database did not answer.</exception>
    public async Task<IReadOnlyDictionary<int, DeviceRoute>> RoutesOfAsync(IReadOnlyCollection<int> deviceIds, CancellationToken ct)
    {
        // What was forgotten meanwhile is written into a snapshot that nobody looks at any more.
        var snapshot = _snapshot;
        var unknown = deviceIds.Where(id => !snapshot.Routes.ContainsKey(id)).Distinct().ToArray();
        if (unknown.Length > 0)
        {
            await ReadAsync(snapshot, unknown, ct);
        }

        var routes = new Dictionary<int, DeviceRoute>(deviceIds.Count);
        foreach (var id in deviceIds)
        {
            routes[id] = snapshot.Routes.GetValueOrDefault(id, DeviceRoute.Nowhere);
        }

        if (snapshot.Routes.Count > Capacity)
        {
            Forget();
        }

        return routes;
    }

    /// <summary>Targets by id, for deliveries that were put off. Targets that are gone are left out.</summary>
    /// <exception cref="NpgsqlException">The database did not answer.</exception>
    public async Task<IReadOnlyDictionary<int, RoutedTarget>> TargetsOfAsync(IReadOnlyCollection<int> targetIds, CancellationToken ct)
    {
        var snapshot = _snapshot;
        await ReadTargetsAsync(snapshot, [.. targetIds.Where(id => !snapshot.Targets.ContainsKey(id)).Distinct()], ct);

        var targets = new Dictionary<int, RoutedTarget>(targetIds.Count);
        foreach (var id in targetIds)
        {
            if (snapshot.Targets.GetValueOrDefault(id) is { } target)
            {
                targets[id] = target;
            }
        }

        return targets;
    }

    public void Dispose() => _subscription.Dispose();

    private void Forget() => _snapshot = new Snapshot();

    private async Task ReadAsync(Snapshot snapshot, int[] deviceIds, CancellationToken ct)
    {
        var devices = new Dictionary<int, DecoderDevice>(deviceIds.Length);
        var connections = new List<(int DeviceId, int ConnectionId, int? DecoderId, int TargetId)>();

        await using (var batch = _database.CreateBatch())
        {
            batch.BatchCommands.Add(Command(DevicesSql, deviceIds));
            batch.BatchCommands.Add(Command(ConnectionsSql, deviceIds));
            await using var reader = await batch.ExecuteReaderAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                devices[reader.GetInt32(0)] = new DecoderDevice(MetadataOf(reader).ToJson());
            }

            await reader.NextResultAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                connections.Add((reader.GetInt32(0), reader.GetInt32(1), reader.IsDBNull(2) ? null : reader.GetInt32(2), reader.GetInt32(3)));
            }
        }

        await ReadDecodersAsync(snapshot, [.. connections.Select(c => c.DecoderId).OfType<int>().Distinct()], ct);
        await ReadTargetsAsync(snapshot, [.. connections.Select(c => c.TargetId).Distinct()], ct);

        var byDevice = connections.ToLookup(c => c.DeviceId);
        foreach (var id in deviceIds)
        {
            snapshot.Routes[id] = devices.TryGetValue(id, out var device)
                ? RouteOf(snapshot, device, byDevice[id])
                : DeviceRoute.Nowhere;
        }
    }

    private static DeviceRoute RouteOf(
        Snapshot snapshot, DecoderDevice device, IEnumerable<(int DeviceId, int ConnectionId, int? DecoderId, int TargetId)> connections)
    {
        var routed = new List<RoutedConnection>();
        var decoders = new List<RoutedDecoder?>();
        foreach (var (_, connectionId, decoderId, targetId) in connections)
        {
            RoutedDecoder? decoder = null;
            if (snapshot.Targets.GetValueOrDefault(targetId) is not { } target
                || (decoderId is { } id && !snapshot.Decoders.TryGetValue(id, out decoder)))
            {
                continue;
            }

            routed.Add(new RoutedConnection(connectionId, decoderId, target));
            if (!decoders.Contains(decoder))
            {
                decoders.Add(decoder);
            }
        }

        return new DeviceRoute { Device = device, Decoders = decoders, Connections = routed };
    }

    private async Task ReadDecodersAsync(Snapshot snapshot, int[] ids, CancellationToken ct)
    {
        ids = [.. ids.Where(id => !snapshot.Decoders.ContainsKey(id))];
        if (ids.Length == 0)
        {
            return;
        }

        await using var batch = _database.CreateBatch();
        batch.BatchCommands.Add(Command(DecodersSql, ids));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var script = new DecoderScript(reader.GetInt32(0), reader.GetInt32(1), reader.GetString(2));
            snapshot.Decoders[reader.GetInt32(0)] = new RoutedDecoder(reader.GetInt32(0), script.Version, script);
        }
    }

    private async Task ReadTargetsAsync(Snapshot snapshot, int[] ids, CancellationToken ct)
    {
        ids = [.. ids.Where(id => !snapshot.Targets.ContainsKey(id))];
        if (ids.Length == 0)
        {
            return;
        }

        await using var batch = _database.CreateBatch();
        batch.BatchCommands.Add(Command(TargetsSql, ids));
        await using var reader = await batch.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var id = reader.GetInt32(0);
            var target = ReadTarget(id, reader.GetString(1), reader.GetString(2));
            snapshot.Targets[id] = target with
            {
                IsHeld = reader.GetBoolean(3),
                MaxConcurrency = reader.IsDBNull(4) ? null : reader.GetInt32(4),
                Problem = target.Problem ?? (reader.GetBoolean(3) ? "The target is paused or switched off." : null),
            };
        }
    }

    /// <summary>A target that can't be used costs its own messages their delivery for now, and the others nothing.</summary>
    private RoutedTarget ReadTarget(int id, string typeName, string settings)
    {
        if (DataTargetTypes.Find(typeName) is not { } type)
        {
            LogUnknownType(id, typeName);
            return new RoutedTarget(id, null, null, $"This version knows no data targets of the type {typeName}.");
        }

        try
        {
            return new RoutedTarget(id, type, _settings.Read(type, settings));
        }
        catch (Exception exception) when (exception is JsonException or CryptographicException)
        {
            LogUnreadable(exception, id);
            return new RoutedTarget(id, type, null, "The target's settings can't be read. Save them again.");
        }
    }

    private static NpgsqlBatchCommand Command(string sql, int[] ids) =>
        new(sql) { Parameters = { new NpgsqlParameter<int[]> { TypedValue = ids } } };

    private static DecoderMetadata MetadataOf(NpgsqlDataReader reader) => new()
    {
        Id = reader.GetInt32(0),
        Name = reader.GetString(1),
        Type = DeviceTypes.Parse(reader.GetString(2)),
        Latitude = reader.IsDBNull(3) ? null : reader.GetDouble(3),
        Longitude = reader.IsDBNull(4) ? null : reader.GetDouble(4),
        CommentOnLocation = reader.IsDBNull(5) ? null : reader.GetString(5),
        Comment = reader.IsDBNull(6) ? null : reader.GetString(6),
        Metadata = reader.IsDBNull(7) ? null : reader.GetString(7),
        CreatedAt = reader.GetFieldValue<DateTimeOffset>(8),
        UpdatedAt = reader.GetFieldValue<DateTimeOffset>(9),
        ApplicationId = reader.GetInt32(10),
        ApplicationName = reader.GetString(11),
    };

    [LoggerMessage(LogLevel.Error, "Data target {DataTargetId} has the type {Type}, which this version does not know; its messages wait")]
    private partial void LogUnknownType(int dataTargetId, string type);

    [LoggerMessage(LogLevel.Error, "The settings of data target {DataTargetId} can't be read; its messages wait until they are saved again")]
    private partial void LogUnreadable(Exception exception, int dataTargetId);

    private sealed class Snapshot
    {
        public ConcurrentDictionary<int, DeviceRoute> Routes { get; } = new();

        public ConcurrentDictionary<int, RoutedDecoder> Decoders { get; } = new();

        public ConcurrentDictionary<int, RoutedTarget> Targets { get; } = new();
    }
}

using System.Globalization;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Database;

namespace OS2iot.Ingest.Devices;

/// <summary>
/// Finds a device by the hash of its key or by its id at its network. Remembers what it found, also that one is unknown; the database
/// tells of changes, so that a deleted device or a changed key stops working within a moment.
/// </summary>
internal sealed class DeviceDirectory : IDisposable
{
    /// <summary>
    /// Written by the trigger <c>notify_device_changed</c>: device id, space, hash of the key in hex; where it has one also a space and
    /// its id at Sigfox.
    /// </summary>
    private const string Channel = "device_changed";

    private const string ByApiKeyHash =
        """
        SELECT d.id, d.application_id, a.organization_id
        FROM devices d JOIN applications a ON a.id = d.application_id
        WHERE d.api_key_hash = $1
        """;

    private const string BySigfoxId =
        """
        SELECT d.id, d.application_id, a.organization_id,
            n.type_id, t.secret_hash, t.guarded_from, t.header_secret_hash, t.header_guarded_from
        FROM devices d JOIN applications a ON a.id = d.application_id
        LEFT JOIN LATERAL unnest(ARRAY[d.sigfox_device_type_id, d.sigfox_next_device_type_id]) AS n (type_id) ON n.type_id IS NOT NULL
        LEFT JOIN sigfox_device_types t ON t.sigfox_id = n.type_id
        WHERE d.sigfox_id = $1
        """;

    private const string ByDevEui =
        """
        SELECT d.id, d.application_id, a.organization_id
        FROM devices d JOIN applications a ON a.id = d.application_id
        WHERE d.dev_eui = $1
        """;

    /// <summary>As the trigger <c>notify_dev_eui_changed</c> writes it in the place of a hash.</summary>
    private const string DevEuiKey = "deveui:";

    private const string ByMqttDeviceId =
        """
        SELECT d.id, d.application_id, a.organization_id
        FROM devices d JOIN applications a ON a.id = d.application_id
        WHERE d.id = $1 AND d.type = 'MQTT_INTERNAL_BROKER'
        """;

    /// <summary>Keeps ids apart from hashes, which are hex digits too.</summary>
    private const string SigfoxKey = "sigfox ";

    /// <summary>Likewise for our own ids.</summary>
    private const string IdKey = "id ";

    /// <summary>In place of a hash: an application with its devices went to another organization.</summary>
    private const string Many = "*";

    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(3);

    private readonly NpgsqlDataSource _database;
    private readonly DeviceDirectoryOptions _options;
    private readonly MemoryCache _cache;
    private readonly SemaphoreSlim _lookups;
    private readonly IDisposable _subscription;
    private int _generation;

    public DeviceDirectory(
        NpgsqlDataSource database, PostgreSqlNotifications notifications, IOptions<DeviceDirectoryOptions> options)
    {
        _database = database;
        _options = options.Value;
        _cache = new MemoryCache(new MemoryCacheOptions { SizeLimit = _options.Capacity });
        _lookups = new SemaphoreSlim(_options.ConcurrentLookups);
        _subscription = notifications.Subscribe(Channel, OnChanged, ForgetAll);
    }

    /// <returns>Null where no device has that key.</returns>
    /// <exception cref="NpgsqlException">The database did not answer.</exception>
    /// <exception cref="TimeoutException">Too many look-ups wait already.</exception>
    public ValueTask<KnownDevice?> FindByApiKeyHashAsync(byte[] hash, CancellationToken ct)
    {
        var key = Convert.ToHexStringLower(hash);
        return _cache.TryGetValue(key, out KnownDevice? device)
            ? ValueTask.FromResult(device)
            : LookUpAsync(key, ByApiKeyHash, new NpgsqlParameter<byte[]> { TypedValue = hash }, ct);
    }

    /// <param name="sigfoxId">In upper case.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Null where no device has that id.</returns>
    /// <exception cref="NpgsqlException">The database did not answer.</exception>
    /// <exception cref="TimeoutException">Too many look-ups wait already.</exception>
    public ValueTask<KnownDevice?> FindBySigfoxIdAsync(string sigfoxId, CancellationToken ct)
    {
        var key = SigfoxKey + sigfoxId;
        return _cache.TryGetValue(key, out KnownDevice? device)
            ? ValueTask.FromResult(device)
            : LookUpAsync(key, BySigfoxId, new NpgsqlParameter<string> { TypedValue = sigfoxId }, ct);
    }

    /// <param name="devEui">16 lower-case hex digits.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Null where no device has that id.</returns>
    /// <exception cref="NpgsqlException">The database did not answer.</exception>
    /// <exception cref="TimeoutException">Too many look-ups wait already.</exception>
    public ValueTask<KnownDevice?> FindByDevEuiAsync(string devEui, CancellationToken ct)
    {
        var key = DevEuiKey + devEui;
        return _cache.TryGetValue(key, out KnownDevice? device)
            ? ValueTask.FromResult(device)
            : LookUpAsync(key, ByDevEui, new NpgsqlParameter<string> { TypedValue = devEui }, ct);
    }

    /// <param name="id">Of a device at our MQTT broker.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Null where no such device has that id.</returns>
    /// <exception cref="NpgsqlException">The database did not answer.</exception>
    /// <exception cref="TimeoutException">Too many look-ups wait already.</exception>
    public ValueTask<KnownDevice?> FindMqttDeviceAsync(int id, CancellationToken ct)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"{IdKey}{id}");
        return _cache.TryGetValue(key, out KnownDevice? device)
            ? ValueTask.FromResult(device)
            : LookUpAsync(key, ByMqttDeviceId, new NpgsqlParameter<int> { TypedValue = id }, ct);
    }

    public void Dispose()
    {
        _subscription.Dispose();
        _cache.Dispose();
        _lookups.Dispose();
    }

    private async ValueTask<KnownDevice?> LookUpAsync(string key, string sql, NpgsqlParameter parameter, CancellationToken ct)
    {
        if (!await _lookups.WaitAsync(LookupTimeout, ct))
        {
            throw new TimeoutException("Too many device look-ups are waiting.");
        }

        try
        {
            var generation = Volatile.Read(ref _generation);
            var device = await QueryAsync(sql, parameter, ct);
            Remember(key, device);

            // A change that came between the query and now has been missed by what was just remembered.
            if (generation != Volatile.Read(ref _generation))
            {
                _cache.Remove(key);
            }

            return device;
        }
        finally
        {
            _lookups.Release();
        }
    }

    private async Task<KnownDevice?> QueryAsync(string sql, NpgsqlParameter parameter, CancellationToken ct)
    {
        await using var command = _database.CreateCommand(sql);
        command.CommandTimeout = (int)LookupTimeout.TotalSeconds;
        command.Parameters.Add(parameter);
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct))
        {
            return null;
        }

        var device = new KnownDevice(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2));
        return reader.FieldCount > 3 ? device with { SigfoxTypes = await SigfoxTypesAsync(reader, ct) } : device;
    }

    private static async Task<IReadOnlyList<KnownSigfoxType>> SigfoxTypesAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        var types = new List<KnownSigfoxType>();
        do
        {
            if (!reader.IsDBNull(3))
            {
                types.Add(new KnownSigfoxType(
                    reader.GetString(3),
                    reader.IsDBNull(4) ? null : reader.GetFieldValue<byte[]>(4),
                    reader.IsDBNull(5) ? null : reader.GetFieldValue<DateTimeOffset>(5),
                    reader.IsDBNull(6) ? null : reader.GetFieldValue<byte[]>(6),
                    reader.IsDBNull(7) ? null : reader.GetFieldValue<DateTimeOffset>(7)));
            }
        }
        while (await reader.ReadAsync(ct));
        return types;
    }

    private void Remember(string key, KnownDevice? device) => _cache.Set(key, device, new MemoryCacheEntryOptions
    {
        Size = 1,
        AbsoluteExpirationRelativeToNow = device is null ? _options.UnknownFor : _options.KnownFor,
    });

    private void OnChanged(string payload)
    {
        Interlocked.Increment(ref _generation);
        var parts = payload.Split(' ');
        _cache.Remove(IdKey + parts[0]);
        if (parts is [_, Many])
        {
            _cache.Clear();
        }

        if (parts.Length > 1)
        {
            _cache.Remove(parts[1].ToLower(CultureInfo.InvariantCulture));
        }

        if (parts.Length > 2)
        {
            _cache.Remove(SigfoxKey + parts[2]);
        }
    }

    private void ForgetAll()
    {
        Interlocked.Increment(ref _generation);
        _cache.Clear();
    }
}

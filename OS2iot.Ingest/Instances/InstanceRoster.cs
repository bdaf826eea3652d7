using System.Buffers.Binary;
using System.Security.Cryptography;
using Npgsql;
using OS2iot.Core.Database;

namespace OS2iot.Ingest.Instances;

/// <summary>
/// Which instances of this host are alive, kept in PostgreSQL by lease. What only one may hold follows from the list, the same for
/// all: an instance that dies loses its share to the others within seconds, and one that comes takes a share of each.
/// </summary>
internal sealed partial class InstanceRoster(
    NpgsqlDataSource database, PostgreSqlNotifications notifications, TimeProvider clock, ILogger<InstanceRoster> logger) : BackgroundService
{
    private const string Channel = "ingest_instances";
    private const string Renew =
        """
        INSERT INTO ingest_instances (id, alive_until) VALUES ($1, now() + $2) ON CONFLICT (id) DO UPDATE SET alive_until = EXCLUDED.alive_until
        """;
    private const string Clean = "DELETE FROM ingest_instances WHERE alive_until < now()";
    private const string Read = "SELECT id FROM ingest_instances WHERE alive_until >= now() ORDER BY id";
    private const string Leave = "DELETE FROM ingest_instances WHERE id = $1";
    private const string Tell = "SELECT pg_notify('ingest_instances', '')";

    /// <summary>An instance that was not heard of for this time is dead.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _signal = new(0);
    private volatile Guid[] _members = [];
    private long _renewedAt;

    /// <summary>The list is another one now. Handlers must be quick.</summary>
    public event Action? Changed;

    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>Whether the others still count on this instance. It is not asked while all goes well: a broker lets one client in per session.</summary>
    public bool IsCurrent => _renewedAt != 0 && clock.GetElapsedTime(Volatile.Read(ref _renewedAt)) < Lease;

    /// <summary>By the highest hash of both: when the list changes, only what has to move does.</summary>
    public bool Owns(int key)
    {
        var (owner, highest) = (Guid.Empty, 0UL);
        foreach (var member in _members)
        {
            var weight = Weight(member, key);
            if (owner == Guid.Empty || weight > highest)
            {
                (owner, highest) = (member, weight);
            }
        }

        return owner == Id;
    }

    /// <summary>Of few things that should be shared evenly.</summary>
    public bool OwnsTurn(int number) => _members is { Length: > 0 } members && members[number % members.Length] == Id;

    public override void Dispose()
    {
        base.Dispose();
        _signal.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var subscription = notifications.Subscribe(Channel, _ => Signal(), Signal);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await StepAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotRenewed(exception);
            }
            catch (Exception)
            {
                // The host ends.
            }

            await Task.WhenAny(_signal.WaitAsync(RenewInterval, stoppingToken));
        }

        await LeaveAsync();
    }

    private static ulong Weight(Guid member, int key)
    {
        Span<byte> both = stackalloc byte[20];
        member.TryWriteBytes(both);
        BinaryPrimitives.WriteInt32LittleEndian(both[16..], key);
        return BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(both));
    }

    private void Signal() => _signal.Release();

    private async Task StepAsync(CancellationToken ct)
    {
        var startedAt = clock.GetTimestamp();
        await using var batch = database.CreateBatch();
        batch.Timeout = (int)Math.Ceiling(Lease.TotalSeconds);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Renew)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = Id }, new NpgsqlParameter<TimeSpan> { TypedValue = Lease } },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Clean));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Read));
        var members = new List<Guid>();
        await using (var reader = await batch.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                members.Add(reader.GetGuid(0));
            }
        }

        Volatile.Write(ref _renewedAt, startedAt);
        if (members.SequenceEqual(_members))
        {
            return;
        }

        var isNew = !_members.Contains(Id);
        _members = [.. members];
        LogMembers(members.Count);
        Changed?.Invoke();
        if (isNew)
        {
            await TellAsync(ct);
        }
    }

    private async Task TellAsync(CancellationToken ct)
    {
        await using var tell = database.CreateCommand(Tell);
        await tell.ExecuteNonQueryAsync(ct);
    }

    /// <summary>So that the others needn't wait for the lease to end.</summary>
    private async Task LeaveAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(LastWord);
            await using var leave = database.CreateCommand(Leave);
            leave.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = Id });
            await leave.ExecuteNonQueryAsync(timeout.Token);
            await TellAsync(timeout.Token);
        }
        catch (Exception exception)
        {
            LogNotRenewed(exception);
        }
    }

    [LoggerMessage(LogLevel.Debug, "This instance could not tell the others that it is there")]
    private partial void LogNotRenewed(Exception exception);

    [LoggerMessage(LogLevel.Information, "Instances that listen: {Count}")]
    private partial void LogMembers(int count);
}

using System.Globalization;
using System.Text.Json;
using Npgsql;

namespace OS2iot.IntegrationTests.Faults;

/// <summary>What became of the messages that were acknowledged.</summary>
internal sealed record History(
    int Seed, int Accepted, int Delivered, int DeadLettered, int Expired, long Duplicates, IReadOnlyList<string> Lost, IReadOnlyList<string> OutOfOrder)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"seed {Seed}: accepted {Accepted}, delivered {Delivered}, dead-lettered {DeadLettered}, expired {Expired}, duplicates {Duplicates}, lost {Lost.Count}");
}

/// <summary>
/// Holds what devices were told against what came of it: each acknowledged message was taken by its target, is a dead letter, or
/// expired as one; stands in the history with what its decoder made of it; and there in the order in which its device was answered.
/// </summary>
internal sealed class HistoryChecker(FaultScene scene, DeviceLoad load)
{
    private const string DeadSql = "SELECT message_id, last_error LIKE '%never up to be tried%' OR attempts < 10 FROM deliveries WHERE state = 1";

    private const string HistorySql =
        """
        SELECT r.id, r.number, d.payload, d.error
        FROM received_messages r LEFT JOIN decoded_messages d ON d.received_at = r.received_at AND d.message_id = r.id
        """;

    private const int MaxLooks = 300;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(300);

    /// <summary>Looks until nothing is missing any more, for about two minutes.</summary>
    public async Task<History> CheckAsync(int seed)
    {
        for (var look = 0; ; look++)
        {
            var history = await LookAsync(seed);
            if (history.Lost.Count == 0 || look == MaxLooks)
            {
                return history;
            }

            await Task.Delay(BetweenLooks);
        }
    }

    private async Task<History> LookAsync(int seed)
    {
        // In this order: what leaves the table of deliveries has been taken, what is decoded has been stored as received or will be.
        var dead = await ReadAsync(DeadSql, reader => reader.GetBoolean(1));
        var taken = scene.Receivers.Taken();
        var stored = await ReadAsync(HistorySql, reader => new Stored(
            reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2), reader.IsDBNull(3) ? null : reader.GetString(3)));

        var lost = new List<string>();
        var (accepted, delivered, deadLettered, expired) = (0, 0, 0, 0);
        foreach (var message in load.All)
        {
            accepted++;
            var problem = HistoryProblem(message, stored.GetValueOrDefault(message.Id));
            if (taken.Contains(message.Id))
            {
                delivered++;
            }
            else if (dead.TryGetValue(message.Id, out var hasExpired))
            {
                (deadLettered, expired) = hasExpired ? (deadLettered, expired + 1) : (deadLettered + 1, expired);
            }
            else
            {
                problem = $"neither taken by target {message.Device.Target} nor a dead letter; {problem ?? "the history has it"}";
            }

            if (problem is not null)
            {
                lost.Add($"{message.Id} (device {message.Device.Id}, its {message.Number}.): {problem}");
            }
        }

        return new History(seed, accepted, delivered, deadLettered, expired, scene.Receivers.Duplicates(), lost, OutOfOrder(stored));
    }

    private static string? HistoryProblem(Acknowledged message, Stored? stored)
    {
        if (stored is null)
        {
            return "not in the history";
        }

        if (!message.Device.IsDecoded)
        {
            return null;
        }

        if (stored.Decoded is null)
        {
            return stored.Error is null ? "its decoded form is not in the history" : $"not decoded: {stored.Error}";
        }

        var decoded = JsonElement.Parse(stored.Decoded);
        return decoded.GetProperty("n").GetInt32() == message.Number && decoded.GetProperty("twice").GetInt32() == 2 * message.Number
            ? null
            : $"decoded as {decoded}";
    }

    private List<string> OutOfOrder(Dictionary<Guid, Stored> stored)
    {
        var found = new List<string>();
        foreach (var (device, messages) in load.ByDevice)
        {
            var numbers = messages.Select(m => stored.GetValueOrDefault(m.Id)?.Number).OfType<long>().ToList();
            if (!numbers.SequenceEqual(numbers.Order()))
            {
                found.Add($"device {device.Id}: {string.Join(", ", numbers)}");
            }
        }

        return found;
    }

    private async Task<Dictionary<Guid, T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        var rows = new Dictionary<Guid, T>();
        await using var command = scene.Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows[reader.GetGuid(0)] = read(reader);
        }

        return rows;
    }

    /// <param name="Number">Counts in the order of storing.</param>
    /// <param name="Decoded">JSON.</param>
    /// <param name="Error">Of the decoder.</param>
    private sealed record Stored(long Number, byte[]? Decoded, string? Error);
}

using System.Collections.Concurrent;
using Npgsql;

namespace OS2iot.Core.Messaging.PostgreSql;

/// <summary>What the database says about its topics.</summary>
internal sealed class PostgreSqlTopics(NpgsqlDataSource database)
{
    private readonly ConcurrentDictionary<LogTopic, int> _partitions = new();

    public NpgsqlDataSource Database => database;

    /// <summary>The topic's table, which is also the channel on which its records are announced.</summary>
    public static string TableOf(LogTopic topic) =>
        topic.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? $"log_{topic.Name.Replace('-', '_')}"
            : throw new ArgumentException($"'{topic.Name}' is no name for a topic.", nameof(topic));

    /// <summary>Decided once, when the topic was made: another number would tear keys from the records they have.</summary>
    public async ValueTask<int> PartitionsOfAsync(LogTopic topic, CancellationToken ct)
    {
        if (_partitions.TryGetValue(topic, out var known))
        {
            return known;
        }

        await using var command = database.CreateCommand("SELECT partitions::integer FROM log_topics WHERE topic = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = topic.Name });
        var partitions = (int?)await command.ExecuteScalarAsync(ct)
            ?? throw new LogUnavailableException($"The database has no topic {topic}.");
        return _partitions[topic] = partitions;
    }
}

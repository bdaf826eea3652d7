using Npgsql;

namespace OS2iot.Workers.NetworkEvents;

internal static class BatchExtensions
{
    /// <summary>Adds a command with its parameters in their order.</summary>
    public static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        batch.BatchCommands.Add(command);
    }
}

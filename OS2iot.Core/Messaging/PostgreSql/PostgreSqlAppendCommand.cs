using Npgsql;
using NpgsqlTypes;

namespace OS2iot.Core.Messaging.PostgreSql;

/// <summary>The one statement that appends, with columns that are filled again for each batch.</summary>
internal sealed class PostgreSqlAppendCommand : IDisposable
{
    private readonly NpgsqlCommand _command;
    private readonly List<short> _partitions = [];
    private readonly List<string> _keys = [];
    private readonly List<byte[]> _headers = [];
    private readonly List<ReadOnlyMemory<byte>> _values = [];
    private NpgsqlConnection? _preparedFor;

    public PostgreSqlAppendCommand(string table)
    {
        _command = new NpgsqlCommand($"SELECT {table}_append($1, $2, $3, $4)") { CommandTimeout = 0 };
        _command.Parameters.Add(Column(_partitions, NpgsqlDbType.Smallint));
        _command.Parameters.Add(Column(_keys, NpgsqlDbType.Text));
        _command.Parameters.Add(Column(_headers, NpgsqlDbType.Bytea));
        _command.Parameters.Add(Column(_values, NpgsqlDbType.Bytea));
    }

    public async Task ExecuteAsync(NpgsqlConnection connection, List<Append> batch, int partitions, CancellationToken ct)
    {
        foreach (var append in batch)
        {
            foreach (var record in append.Records)
            {
                _partitions.Add((short)(record.KeyHash % (uint)partitions));
                _keys.Add(record.Key);
                _headers.Add(record.Headers);
                _values.Add(record.Value);
            }
        }

        try
        {
            if (_preparedFor != connection)
            {
                _command.Connection = connection;
                await _command.PrepareAsync(ct);
                _preparedFor = connection;
            }

            await _command.ExecuteNonQueryAsync(ct);
        }
        catch
        {
            _preparedFor = null;
            throw;
        }
        finally
        {
            _partitions.Clear();
            _keys.Clear();
            _headers.Clear();
            _values.Clear();
        }
    }

    public void Dispose() => _command.Dispose();

    private static NpgsqlParameter<List<T>> Column<T>(List<T> column, NpgsqlDbType type) =>
        new() { TypedValue = column, NpgsqlDbType = NpgsqlDbType.Array | type };
}

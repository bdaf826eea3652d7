using Npgsql;
using NpgsqlTypes;

namespace OS2iot.Core.Database;

/// <summary>
/// Turns rows into one array parameter per column, for <c>unnest</c>: one statement and one plan for any number of rows.
/// </summary>
public static class Columns
{
    public static NpgsqlParameter<TColumn[]> Of<TRow, TColumn>(IReadOnlyList<TRow> rows, Func<TRow, TColumn> value)
    {
        var column = new TColumn[rows.Count];
        for (var i = 0; i < column.Length; i++)
        {
            column[i] = value(rows[i]);
        }

        return new NpgsqlParameter<TColumn[]> { TypedValue = column };
    }

    /// <summary>A bytea column.</summary>
    public static NpgsqlParameter OfBytes<TRow>(IReadOnlyList<TRow> rows, Func<TRow, ReadOnlyMemory<byte>?> value)
    {
        var column = new byte[]?[rows.Count];
        for (var i = 0; i < column.Length; i++)
        {
            column[i] = value(rows[i])?.ToArray();
        }

        return new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, Value = column };
    }
}

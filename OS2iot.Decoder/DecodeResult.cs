namespace OS2iot.Decoder;

/// <summary>What became of one run: <see cref="Output"/> or <see cref="Error"/>.</summary>
public sealed record DecodeResult
{
    public const int ErrorMaxLength = 1_024;

    /// <summary>JSON text in UTF-8; empty when there is an error.</summary>
    public ReadOnlyMemory<byte> Output { get; init; }

    /// <summary>Why there is no output, for the script's author, at most <see cref="ErrorMaxLength"/> characters; else null.</summary>
    public string? Error { get; init; }

    /// <summary>Null when there is an output.</summary>
    public DecodeFailure? Failure { get; init; }

    /// <summary>Line of the script where it failed, from 1, when known.</summary>
    public int? Line { get; init; }

    /// <summary>Column of the script where it failed, from 1, when known.</summary>
    public int? Column { get; init; }

    /// <summary>What the script wrote to <c>console</c>, if that was asked for, and the warnings of <c>decodeUplink</c>.</summary>
    public IReadOnlyList<string> Console { get; init; } = [];

    public bool Succeeded => Failure is null;

    internal static DecodeResult Failed(DecodeFailure failure, string error, int? line = null, int? column = null)
    {
        var where = line is null ? "" : $" (line {line}, column {column})";
        var space = ErrorMaxLength - where.Length;
        return new DecodeResult
        {
            Failure = failure,
            Error = (error.Length > space ? string.Concat(error.AsSpan(0, space - 1), "…") : error) + where,
            Line = line,
            Column = column,
        };
    }
}

public enum DecodeFailure
{
    /// <summary>The text is not a script, or is too long.</summary>
    Syntax,

    /// <summary>The script threw an error, has no function that we know, or recursed too deeply.</summary>
    Runtime,

    /// <summary>What it returned is not JSON, or too much of it.</summary>
    Result,

    /// <summary>The message is not what the script's contract needs, such as bytes that are not base64.</summary>
    Payload,

    /// <summary>It ran too long.</summary>
    Timeout,

    /// <summary>It wanted too much memory.</summary>
    Memory,

    /// <summary>It was not run, because it met its limits several times in a row.</summary>
    Suspended,

    /// <summary>The process no longer has the script that it was sent; for its parent only.</summary>
    NotHere,
}

using System.Globalization;

namespace OS2iot.Decoder;

/// <summary>What one run may cost.</summary>
public sealed record DecodeLimits
{
    /// <summary>Processor time.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>Time by the clock.</summary>
    public required TimeSpan WallClock { get; init; }

    /// <summary>Bytes allocated.</summary>
    public required int Memory { get; init; }

    public required int Statements { get; init; }

    /// <summary>Times one function may stand on the call stack.</summary>
    public required int Recursion { get; init; }

    /// <summary>Elements of one array.</summary>
    public required int Array { get; init; }

    /// <summary>Bytes of the JSON returned.</summary>
    public required int Result { get; init; }

    /// <summary>Characters of the source.</summary>
    public required int Script { get; init; }

    /// <summary>Characters of source whose prepared form is kept.</summary>
    public required int Cache { get; init; }

    public string[] ToArguments() =>
    [
        Text(Time.Ticks), Text(WallClock.Ticks), Text(Memory), Text(Statements), Text(Recursion), Text(Array), Text(Result), Text(Script), Text(Cache),
    ];

    public static DecodeLimits From(string[] arguments)
    {
        var values = System.Array.ConvertAll(arguments, a => long.Parse(a, CultureInfo.InvariantCulture));
        return new DecodeLimits
        {
            Time = new TimeSpan(values[0]),
            WallClock = new TimeSpan(values[1]),
            Memory = (int)values[2],
            Statements = (int)values[3],
            Recursion = (int)values[4],
            Array = (int)values[5],
            Result = (int)values[6],
            Script = (int)values[7],
            Cache = (int)values[8],
        };
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}

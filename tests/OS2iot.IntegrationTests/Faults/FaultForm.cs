using System.Globalization;

namespace OS2iot.IntegrationTests.Faults;

/// <summary>
/// How long the tests of faults take. Plain runs have a short form; <c>./test.sh --faults</c> asks for the long one. OS2IOT_FAULT_SEEDS
/// (numbers, with commas) runs these seeds only, in the long form; OS2IOT_SOAK is the length of the soak in minutes.
/// </summary>
internal static class FaultForm
{
    private const int LongSeeds = 20;

    private const int ShortSeeds = 2;

    private static readonly Lock Gate = new();

    public static bool IsLong => Environment.GetEnvironmentVariable("OS2IOT_FAULTS") == "long" || Chosen.Length > 0;

    public static IEnumerable<int> Seeds => Chosen.Length > 0 ? Chosen : Enumerable.Range(1, IsLong ? LongSeeds : ShortSeeds);

    /// <summary>Of the trouble in one run.</summary>
    public static TimeSpan Duration => IsLong ? TimeSpan.FromSeconds(15) : TimeSpan.FromSeconds(8);

    public static TimeSpan Soak =>
        TimeSpan.FromMinutes(double.Parse(Environment.GetEnvironmentVariable("OS2IOT_SOAK") is { Length: > 0 } minutes ? minutes : "10", CultureInfo.InvariantCulture));

    private static int[] Chosen =>
    [
        .. (Environment.GetEnvironmentVariable("OS2IOT_FAULT_SEEDS") ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries).Select(s => int.Parse(s, CultureInfo.InvariantCulture)),
    ];

    /// <summary>A line for the test's output, and for the file that <c>test.sh</c> prints at its end.</summary>
    public static void Report(ITestOutputHelper output, string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("OS2IOT_FAULTS_REPORT") is { Length: > 0 } file)
        {
            lock (Gate)
            {
                File.AppendAllText(file, line + Environment.NewLine);
            }
        }
    }
}

/// <summary>Tests that measure, or kill what others would wait for, run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultsCollection
{
    public const string Name = "Faults";
}

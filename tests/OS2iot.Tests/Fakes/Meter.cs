using System.Globalization;

namespace OS2iot.Tests.Fakes;

/// <summary>CPU time and memory of processes and all below them, as the kernel counts them.</summary>
internal sealed class Meter(params int[] roots)
{
    // The kernel's unit in /proc, the same on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    private double _before;

    public void Start() => _before = Seconds();

    /// <summary>Microseconds since <see cref="Start"/>.</summary>
    public double Microseconds() => (Seconds() - _before) * 1e6;

    /// <summary>Bytes: the most that each process held at a time, added up.</summary>
    public long PeakMemory() => Tree().Sum(pid => Status(pid, "VmHWM:"));

    public long Memory() => Tree().Sum(pid => Status(pid, "VmRSS:"));

    private static long Status(int pid, string name)
    {
        try
        {
            var line = File.ReadLines($"/proc/{pid}/status").FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private double Seconds() => Tree().Sum(pid => Fields(pid) is { } f
        ? (long.Parse(f[11], CultureInfo.InvariantCulture) + long.Parse(f[12], CultureInfo.InvariantCulture)
            + long.Parse(f[13], CultureInfo.InvariantCulture) + long.Parse(f[14], CultureInfo.InvariantCulture)) / TicksPerSecond
        : 0);

    private List<int> Tree()
    {
        var parents = Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0)
            .Select(pid => (Pid: pid, Parent: Fields(pid) is { } f ? int.Parse(f[1], CultureInfo.InvariantCulture) : 0))
            .ToLookup(p => p.Parent, p => p.Pid);
        var tree = new List<int>(roots);
        for (var i = 0; i < tree.Count; i++)
        {
            tree.AddRange(parents[tree[i]]);
        }

        return tree;
    }

    // After the name in parentheses, which may hold anything: state, parent, …; 11 to 14 are its own and its ended children's times.
    private static string[]? Fields(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}

using System.Diagnostics;
using System.Globalization;

namespace Aspire.Hosting.Engine;

/// <summary>
/// Ends our processes when the AppHost itself was killed: a shell that reads their ids from a pipe. When the pipe closes because we
/// are gone, it stops what is left. A process is told from a later one with the same id by the time it started.
/// </summary>
internal sealed class OrphanGuard : IDisposable
{
    /// <summary>For a process that ends by itself; it is only killed when it does not.</summary>
    public const int NoSignal = 0;

    private const string Script = """
        trap '' INT TERM HUP
        children=''
        while read -r verb pid started signal; do
            others=''
            for child in $children; do
                case $child in "$pid":*) ;; *) others="$others $child" ;; esac
            done
            children=$others
            [ "$verb" = add ] && children="$children $pid:$started:$signal"
        done

        is_alive() { # id, start time
            { read -r stat < "/proc/$1/stat"; } 2> /dev/null || return 1
            wanted=$2
            set -- ${stat##*) }
            [ "$1" != Z ] && [ "${20}" = "$wanted" ]
        }

        each_alive() {
            left=0
            for child in $children; do
                pid=${child%%:*}; rest=${child#*:}; started=${rest%%:*}
                is_alive "$pid" "$started" || continue
                left=1
                if [ "$1" = stop ]; then kill -"${rest#*:}" "$pid"; fi
                if [ "$1" = kill ]; then kill -s KILL -- "-$pid" || kill -s KILL "$pid"; fi
            done 2> /dev/null
        }

        each_alive stop
        tries=0
        while each_alive look; [ $left = 1 ] && [ $tries -lt 60 ]; do
            tries=$((tries + 1))
            sleep 0.1
        done
        each_alive kill
        """;

    private readonly Process _shell;
    private readonly StreamWriter _pipe;
    private readonly Lock _gate = new();

    public OrphanGuard()
    {
        var start = new ProcessStartInfo("setsid") { RedirectStandardInput = true };
        foreach (var argument in new[] { "sh", "-c", Script, "os2iot-orphan-guard" })
        {
            start.ArgumentList.Add(argument);
        }

        start.WorkingDirectory = "/";
        _shell = Process.Start(start)!;
        _pipe = _shell.StandardInput;
        _pipe.AutoFlush = true;
    }

    internal int Id => _shell.Id;

    public void Add(int pid, int stopSignal)
    {
        if (StartTimeOf(pid) is { } started)
        {
            Tell($"add {pid} {started} {stopSignal.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    public void Remove(int pid) => Tell($"remove {pid}");

    /// <summary>Closes the pipe; the shell ends at once when nothing of ours runs any more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _pipe.Dispose();
        }

        _shell.WaitForExit(TimeSpan.FromSeconds(10));
        _shell.Dispose();
    }

    /// <summary>In clock ticks since the machine started; nothing when the process is gone.</summary>
    private static string? StartTimeOf(int pid)
    {
        const int StartTimeAfterName = 19;
        try
        {
            // "42 (a name) S 1 …": the name may hold blanks and parentheses, so count from the last one.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTimeAfterName];
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Tell(string line)
    {
        lock (_gate)
        {
            try
            {
                _pipe.WriteLine(line);
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // Without its guard the AppHost still stops what it started, unless it is killed itself.
            }
        }
    }
}

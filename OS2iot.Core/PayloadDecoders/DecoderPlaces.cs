using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OS2iot.Decoder;

namespace OS2iot.Core.PayloadDecoders;

/// <summary>
/// The places where scripts run: each a thread of ours that hands runs to a process of its own, started when there is something
/// to run. A watch ends the process whose run is overdue; the place starts another one, the others notice nothing.
/// </summary>
internal sealed partial class DecoderPlaces : IDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>What a run may take beyond its limits before its process is ended.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan PauseAfterFailedStart = TimeSpan.FromSeconds(1);

    private readonly DecodeLimits _limits;
    private readonly TimeSpan _idleTimeout;
    private readonly bool _keepReady;
    private readonly Func<DecoderRun, DecodeResult?> _refuse;
    private readonly Action<DecoderRun, DecodeResult> _ended;
    private readonly DecoderLanes _lanes;
    private readonly ILogger _logger;
    private readonly Place[] _places;
    private readonly ManualResetEventSlim _somethingRuns = new();
    private int _running;
    private volatile bool _stopped;

    public DecoderPlaces(
        DecodingOptions options,
        Func<DecoderRun, DecodeResult?> refuse,
        Action<DecoderRun, DecodeResult> ended,
        ILogger logger)
    {
        _limits = options.ToLimits();
        _idleTimeout = options.IdleTimeout;
        _keepReady = options.KeepReady;
        _refuse = refuse;
        _ended = ended;
        _logger = logger;
        _lanes = new DecoderLanes(options.ProcessCount - 1);
        _places = [.. Enumerable.Range(0, options.ProcessCount).Select(_ => new Place())];
        foreach (var place in _places)
        {
            new Thread(() => Serve(place)) { IsBackground = true, Name = "Decoder" }.Start();
        }

        new Thread(Watch) { IsBackground = true, Name = "Decoder watch" }.Start();
    }

    /// <summary>The last process that was to be started did not start.</summary>
    public bool IsBroken { get; private set; }

    public void Add(DecoderRun run) => _lanes.Add(run);

    public void Dispose()
    {
        _stopped = true;
        _lanes.Close();
        _somethingRuns.Set();
        foreach (var place in _places)
        {
            place.Process?.Kill();
        }
    }

    private void Serve(Place place)
    {
        if (_keepReady)
        {
            StartAhead(place);
        }

        while (!_stopped)
        {
            if (_lanes.Take(_idleTimeout) is { } runs)
            {
                var began = Stopwatch.GetTimestamp();
                Serve(place, runs);
                _lanes.Done(runs, Stopwatch.GetElapsedTime(began));
            }
            else if (!_keepReady)
            {
                place.End();
            }
        }

        place.End();
    }

    private void Serve(Place place, List<DecoderRun> runs)
    {
        try
        {
            // What a process did not answer before it ended is run alone: so it shows which of them was to blame.
            foreach (var run in RunTogether(place, [.. runs.Where(MayRun)]))
            {
                RunAlone(place, run);
            }

            if (place.Process is null && !_stopped)
            {
                TryStart(place);
            }
        }
        catch (Exception exception)
        {
            LogUnexpected(exception);
            place.End();
            runs.ForEach(run => run.Fail(exception));
        }
    }

    private bool MayRun(DecoderRun run)
    {
        if (run.IsAbandoned)
        {
            return false;
        }

        if (_refuse(run) is { } refused)
        {
            run.Complete(refused);
            return false;
        }

        return true;
    }

    /// <summary>If it does not work now, the first run tries again and says so.</summary>
    private void StartAhead(Place place)
    {
        try
        {
            TryStart(place);
        }
        catch (Exception exception)
        {
            LogUnexpected(exception);
        }
    }

    private bool TryStart(Place place)
    {
        var process = DecoderProcess.Start(_limits);
        using var patience = new Timer(_ => process.Kill(), null, StartTimeout, Timeout.InfiniteTimeSpan);
        if (process.TryWarmUp())
        {
            place.Process = process;
            IsBroken = false;
            return true;
        }

        process.Dispose();
        IsBroken = true;
        LogNotStarted();
        return false;
    }

    /// <returns>Those that are to be run once more, alone.</returns>
    private List<DecoderRun> RunTogether(Place place, List<DecoderRun> runs)
    {
        if (runs.Count <= 1)
        {
            return runs;
        }

        var unanswered = new List<DecoderRun>();
        Run(place, runs, (run, result) =>
        {
            if (result is { Failure: not DecodeFailure.NotHere })
            {
                Complete(run, result);
            }
            else
            {
                unanswered.Add(run);
            }
        });
        return unanswered;
    }

    private void RunAlone(Place place, DecoderRun run)
    {
        if (!MayRun(run))
        {
            return;
        }

        DecodeResult? result = null;
        bool overdue;
        do
        {
            overdue = Run(place, [run], (_, answer) => result = answer);
        }
        while (result is { Failure: DecodeFailure.NotHere });

        if (result is not null)
        {
            Complete(run, result);
            return;
        }

        // A process that went by itself ran out of memory or stack, whatever the engine's own limits missed.
        LogEnded(run.Script.Id, run.Script.Version, overdue ? "did not come back" : "ended its process");
        Complete(run, overdue
            ? DecodeResult.Failed(DecodeFailure.Timeout, RunLimits.TooLong(_limits.Time))
            : DecodeResult.Failed(DecodeFailure.Memory, DecodeErrors.TooMuchMemory(_limits.Memory)));
    }

    private void Complete(DecoderRun run, DecodeResult result)
    {
        _ended(run, result);
        run.Complete(result);
    }

    /// <summary>Has runs run, one after the other. Without an answer, when it is null, there is no process any more.</summary>
    /// <returns>True if the watch ended it.</returns>
    private bool Run(Place place, List<DecoderRun> runs, Action<DecoderRun, DecodeResult?> answered)
    {
        DecoderProcess? process;
        while ((process = place.Process) is null)
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            if (!TryStart(place))
            {
                Thread.Sleep(PauseAfterFailedStart);
            }
        }

        Interlocked.Increment(ref _running);
        if (!_somethingRuns.IsSet)
        {
            _somethingRuns.Set();
        }

        var overdue = false;
        try
        {
            place.Begin();
            var sent = process.TrySend(runs.Select(r => r.ToRequest()));
            foreach (var run in runs)
            {
                var result = sent ? process.Read() : null;
                overdue |= place.Finish();
                sent = result is not null;
                if (result is { Failure: DecodeFailure.NotHere })
                {
                    process.Forget(run.Script);
                }

                answered(run, result);
                place.Begin();
            }

            if (!sent)
            {
                place.End();
                ObjectDisposedException.ThrowIf(_stopped, this);
            }
        }
        finally
        {
            place.Finish();
            Interlocked.Decrement(ref _running);
        }

        return overdue;
    }

    private void Watch()
    {
        while (!_stopped)
        {
            _somethingRuns.Wait();
            Thread.Sleep(WatchInterval);
            if (Volatile.Read(ref _running) == 0)
            {
                RestUntilSomethingRuns();
            }

            foreach (var place in _places)
            {
                place.EndIfOverdue(_limits.Time + Grace, _limits.WallClock + Grace);
            }
        }
    }

    private void RestUntilSomethingRuns()
    {
        _somethingRuns.Reset();
        if (Volatile.Read(ref _running) > 0 || _stopped)
        {
            _somethingRuns.Set();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Decoder {DecoderId} version {Version} {What}; another process takes over")]
    private partial void LogEnded(int? decoderId, int version, string what);

    [LoggerMessage(LogLevel.Error, "The program that runs decoders did not start")]
    private partial void LogNotStarted();

    [LoggerMessage(LogLevel.Error, "A decoder could not be run")]
    private partial void LogUnexpected(Exception exception);

    private sealed class Place
    {
        private readonly Lock _gate = new();
        private long _start;
        private TimeSpan? _cpuAtFirstLook;
        private bool _runs;
        private bool _overdue;

        public DecoderProcess? Process { get; set; }

        public void Begin()
        {
            lock (_gate)
            {
                _start = Stopwatch.GetTimestamp();
                _cpuAtFirstLook = null;
                _runs = true;
                _overdue = false;
            }
        }

        /// <summary>True if the run was ended by the watch.</summary>
        public bool Finish()
        {
            lock (_gate)
            {
                _runs = false;
                return _overdue;
            }
        }

        public void EndIfOverdue(TimeSpan cpuLimit, TimeSpan wallClockLimit)
        {
            lock (_gate)
            {
                if (!_runs || _overdue || Process is not { } process || Stopwatch.GetElapsedTime(_start) < WatchInterval)
                {
                    return;
                }

                try
                {
                    var cpu = process.CpuTime;
                    _cpuAtFirstLook ??= cpu;
                    if (Stopwatch.GetElapsedTime(_start) > wallClockLimit || cpu - _cpuAtFirstLook > cpuLimit)
                    {
                        _overdue = true;
                        process.Kill();
                    }
                }
                catch (InvalidOperationException)
                {
                    // It ended by itself.
                }
            }
        }

        public void End()
        {
            lock (_gate)
            {
                Process?.Dispose();
                Process = null;
            }
        }
    }
}

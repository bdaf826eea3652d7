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
            if (_lanes.Take(_idleTimeout) is { } run)
            {
                Serve(place, run);
                _lanes.Done(run);
            }
            else if (!_keepReady)
            {
                place.End();
            }
        }

        place.End();
    }

    private void Serve(Place place, DecoderRun run)
    {
        try
        {
            if (run.IsAbandoned)
            {
                return;
            }

            if (_refuse(run) is { } refused)
            {
                run.Complete(refused);
                return;
            }

            while (!_stopped && place.Process is null && !TryStart(place))
            {
                Thread.Sleep(PauseAfterFailedStart);
            }

            var result = RunOn(place, run);
            _ended(run, result);
            run.Complete(result);
            if (place.Process is null && !_stopped)
            {
                TryStart(place);
            }
        }
        catch (Exception exception)
        {
            LogUnexpected(exception);
            place.End();
            run.Fail(exception);
        }
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

    private DecodeResult RunOn(Place place, DecoderRun run)
    {
        ObjectDisposedException.ThrowIf(place.Process is null, this);
        var process = place.Process;
        place.Begin();
        Interlocked.Increment(ref _running);
        if (!_somethingRuns.IsSet)
        {
            _somethingRuns.Set();
        }

        DecodeResult? result;
        try
        {
            result = process.Run(run.ToRequest());
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }

        var overdue = place.Finish();
        if (result is not null)
        {
            return result;
        }

        place.End();
        ObjectDisposedException.ThrowIf(_stopped, this);

        // A process that went by itself ran out of memory or stack, whatever the engine's own limits missed.
        LogEnded(run.Script.Id, run.Script.Version, overdue ? "did not come back" : "ended its process");
        return overdue
            ? DecodeResult.Failed(DecodeFailure.Timeout, RunLimits.TooLong(_limits.Time))
            : DecodeResult.Failed(DecodeFailure.Memory, DecodeErrors.TooMuchMemory(_limits.Memory));
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

namespace OS2iot.Core.PayloadDecoders;

/// <summary>
/// Runs that wait for a place, one lane for each decoder, served in turn. A lane never has all places, so a decoder that is
/// slow, endless or busy leaves room for the others. Of a decoder whose runs are short, several are taken at a time.
/// </summary>
internal sealed class DecoderLanes(int maxPlacesOfOneLane)
{
    private const int MostAtATime = 16;

    /// <summary>What the pipe to a process holds, with something left over.</summary>
    private const int MostBytesAtATime = 48 << 10;

    private const int MaxRemembered = 10_000;

    /// <summary>Runs of which several may go together without keeping a place from others for long.</summary>
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(0.5);

    private readonly object _gate = new();
    private readonly Dictionary<int, Lane> _lanes = [];
    private readonly Queue<Lane> _ready = new();
    private bool _closed;

    public void Add(DecoderRun run)
    {
        lock (_gate)
        {
            if (_closed)
            {
                run.Fail(new ObjectDisposedException(nameof(DecoderSandbox)));
                return;
            }

            if (!_lanes.TryGetValue(run.LaneKey, out var lane))
            {
                _lanes[run.LaneKey] = lane = new Lane(run.LaneKey);
            }

            lane.Waiting.Enqueue(run);
            MakeReady(lane);
        }
    }

    /// <summary>Waits for runs, all of one lane; null if none came in that time, or once closed.</summary>
    public List<DecoderRun>? Take(TimeSpan patience)
    {
        lock (_gate)
        {
            while (_ready.Count == 0)
            {
                if (_closed || !Monitor.Wait(_gate, patience))
                {
                    return null;
                }
            }

            var lane = _ready.Dequeue();
            lane.IsReady = false;
            lane.Places++;
            var runs = new List<DecoderRun> { lane.Waiting.Dequeue() };
            for (var size = runs[0].Size; runs.Count < lane.AtATime && lane.Waiting.TryPeek(out var next); runs.Add(lane.Waiting.Dequeue()))
            {
                if ((size += next.Size) > MostBytesAtATime)
                {
                    break;
                }
            }

            MakeReady(lane);
            return runs;
        }
    }

    /// <summary>To be called once for all runs taken together, when their place is free again.</summary>
    /// <param name="runs">As they were taken.</param>
    /// <param name="took">All of them.</param>
    public void Done(List<DecoderRun> runs, TimeSpan took)
    {
        lock (_gate)
        {
            if (!_lanes.TryGetValue(runs[0].LaneKey, out var lane))
            {
                return;
            }

            lane.Places--;
            lane.AtATime = took / runs.Count < Short ? Math.Min(2 * lane.AtATime, MostAtATime) : 1;
            if (lane is { Places: 0, Waiting.Count: 0 } && _lanes.Count > MaxRemembered)
            {
                _lanes.Remove(lane.Key);
                return;
            }

            MakeReady(lane);
        }
    }

    /// <summary>Lets all go who wait for a run. Who still waits is told that the sandbox is gone.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _ready.Clear();
            foreach (var run in _lanes.Values.SelectMany(lane => lane.Waiting))
            {
                run.Fail(new ObjectDisposedException(nameof(DecoderSandbox)));
            }

            _lanes.Clear();

            Monitor.PulseAll(_gate);
        }
    }

    private void MakeReady(Lane lane)
    {
        if (!lane.IsReady && lane.Waiting.Count > 0 && lane.Places < maxPlacesOfOneLane)
        {
            lane.IsReady = true;
            _ready.Enqueue(lane);
            Monitor.Pulse(_gate);
        }
    }

    private sealed class Lane(int key)
    {
        public int Key { get; } = key;

        public Queue<DecoderRun> Waiting { get; } = new();

        /// <summary>Places that it has now.</summary>
        public int Places { get; set; }

        /// <summary>Runs that go together to one place.</summary>
        public int AtATime { get; set; } = 1;

        public bool IsReady { get; set; }
    }
}

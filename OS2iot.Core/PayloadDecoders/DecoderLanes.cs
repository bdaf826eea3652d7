namespace OS2iot.Core.PayloadDecoders;

/// <summary>
/// Runs that wait for a place, one lane for each decoder, served in turn. A lane never has all places, so a decoder that is
/// slow, endless or busy leaves room for the others.
/// </summary>
internal sealed class DecoderLanes(int maxRunsOfOneLane)
{
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

    /// <summary>Waits for a run; null if none came in that time, or once closed.</summary>
    public DecoderRun? Take(TimeSpan patience)
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
            lane.Running++;
            var run = lane.Waiting.Dequeue();
            MakeReady(lane);
            return run;
        }
    }

    /// <summary>To be called once for each run taken, when its place is free again.</summary>
    public void Done(DecoderRun run)
    {
        lock (_gate)
        {
            if (!_lanes.TryGetValue(run.LaneKey, out var lane))
            {
                return;
            }

            lane.Running--;
            if (lane is { Running: 0, Waiting.Count: 0 })
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
        if (!lane.IsReady && lane.Waiting.Count > 0 && lane.Running < maxRunsOfOneLane)
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

        public int Running { get; set; }

        public bool IsReady { get; set; }
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using OS2iot.Core.DataTargets;
using OS2iot.Workers.Routing;

namespace OS2iot.Workers.Delivery;

/// <summary>One lane per target that was tried lately.</summary>
internal sealed class TargetLanes(DataTargetSenders senders, IOptions<DeliveryOptions> options, TimeProvider clock)
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<int, TargetLane> _lanes = new();

    public TargetLane Of(RoutedTarget target)
    {
        if (_lanes.Count > Capacity)
        {
            ForgetIdle();
        }

        var width = target.MaxConcurrency ?? options.Value.ConcurrencyPerTarget;
        var lane = _lanes.GetOrAdd(target.Id, static (_, make) => make.Lanes.Make(make.Width), (Lanes: this, Width: width));
        if (lane.Width != width)
        {
            // Whoever is in the former lane ends there.
            var wider = Make(width);
            lane = _lanes.TryUpdate(target.Id, wider, lane) ? wider : _lanes.GetOrAdd(target.Id, wider);
        }

        return lane;
    }

    /// <summary>How targets fared since this was last asked.</summary>
    public IReadOnlyList<TargetNews> TakeNews()
    {
        var news = new List<TargetNews>();
        foreach (var (id, lane) in _lanes)
        {
            if (lane.TakeNews(id) is { } some)
            {
                news.Add(some);
            }
        }

        return news;
    }

    /// <summary>Targets that take less than usual now, with the tries they have room for.</summary>
    public IEnumerable<KeyValuePair<int, int>> Narrowed() => _lanes
        .Select(lane => (Id: lane.Key, lane.Value.Room, lane.Value.Width))
        .Where(lane => lane.Room < lane.Width)
        .Select(lane => KeyValuePair.Create(lane.Id, lane.Room));


    private TargetLane Make(int width) => new(senders, options.Value, width, clock);

    private void ForgetIdle()
    {
        foreach (var (id, lane) in _lanes)
        {
            if (lane.IsIdle)
            {
                _lanes.TryRemove(KeyValuePair.Create(id, lane));
            }
        }
    }
}

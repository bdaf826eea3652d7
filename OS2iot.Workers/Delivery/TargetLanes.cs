using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using OS2iot.Core.DataTargets;

namespace OS2iot.Workers.Delivery;

/// <summary>One lane per target that was tried lately.</summary>
internal sealed class TargetLanes(DataTargetSenders senders, IOptions<DeliveryOptions> options, TimeProvider clock)
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<int, TargetLane> _lanes = new();

    public TargetLane Of(int dataTargetId)
    {
        if (_lanes.Count > Capacity)
        {
            ForgetIdle();
        }

        return _lanes.GetOrAdd(dataTargetId, _ => new TargetLane(senders, options.Value, clock));
    }

    /// <summary>Targets that take less than usual now, with the tries they have room for.</summary>
    public IEnumerable<KeyValuePair<int, int>> Narrowed() => _lanes
        .Select(lane => KeyValuePair.Create(lane.Key, lane.Value.Room))
        .Where(room => room.Value < options.Value.ConcurrencyPerTarget);

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

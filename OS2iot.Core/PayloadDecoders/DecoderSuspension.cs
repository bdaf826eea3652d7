using OS2iot.Decoder;

namespace OS2iot.Core.PayloadDecoders;

/// <summary>
/// Decoders that met their limits several times in a row are not run for a while. When the while is over one success clears
/// them, and one more failure suspends them for twice as long. Knows a bounded number of decoders; good ones cost nothing.
/// </summary>
internal sealed class DecoderSuspension(int suspendAfter, TimeSpan first, TimeSpan longest, TimeProvider clock)
{
    private const int Capacity = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(int Id, int Version), Record> _records = [];

    /// <summary>The error to answer with, while the decoder is suspended; else null.</summary>
    public DecodeResult? Find(DecoderScript script)
    {
        if (script.Id is not { } id || _records.Count == 0)
        {
            return null;
        }

        lock (_gate)
        {
            return _records.TryGetValue((id, script.Version), out var record) && record.Until > clock.GetUtcNow()
                ? DecodeResult.Failed(
                    DecodeFailure.Suspended,
                    $"The decoder is suspended until {record.Until:yyyy-MM-dd HH:mm:ss} UTC, because {record.Strikes} runs in a row met a limit. "
                    + $"The last one: {record.Reason}")
                : null;
        }
    }

    public void Note(DecoderScript script, DecodeResult result)
    {
        if (script.Id is not { } id)
        {
            return;
        }

        var key = (id, script.Version);
        if (result.Failure is DecodeFailure.Suspended)
        {
            return;
        }

        if (result.Failure is not (DecodeFailure.Timeout or DecodeFailure.Memory))
        {
            Clear(key);
            return;
        }

        lock (_gate)
        {
            MakeRoom(key);
            var old = _records.GetValueOrDefault(key);
            var strikes = old.Strikes + 1;
            if (strikes < suspendAfter)
            {
                _records[key] = old with { Strikes = strikes };
                return;
            }

            // Runs that were under way when the suspension began must not lengthen it.
            if (old.Until > clock.GetUtcNow())
            {
                return;
            }

            var pause = old.Pause == TimeSpan.Zero ? first : TimeSpan.FromTicks(Math.Min(old.Pause.Ticks * 2, longest.Ticks));
            _records[key] = new Record(strikes, pause, clock.GetUtcNow() + pause, result.Error ?? "");
        }
    }

    private void Clear((int Id, int Version) key)
    {
        if (_records.Count == 0)
        {
            return;
        }

        lock (_gate)
        {
            if (_records.TryGetValue(key, out var record) && record.Until <= clock.GetUtcNow())
            {
                _records.Remove(key);
            }
        }
    }

    private void MakeRoom((int Id, int Version) key)
    {
        if (_records.Count < Capacity || _records.ContainsKey(key))
        {
            return;
        }

        foreach (var oldest in _records.OrderBy(r => r.Value.Until).Take(Capacity / 10).Select(r => r.Key).ToList())
        {
            _records.Remove(oldest);
        }
    }

    private readonly record struct Record(int Strikes, TimeSpan Pause, DateTimeOffset Until, string Reason);
}

namespace OS2iot.Workers.Delivery;

/// <summary>
/// Keeps messages away from a target that fails every time. Opens after some failures in a row, then lets one through after a
/// while; each further failure doubles the while.
/// </summary>
internal sealed class CircuitBreaker(DeliveryOptions options, TimeProvider clock)
{
    private const int FailuresToOpen = 5;

    private readonly Lock _lock = new();
    private int _failures;
    private TimeSpan _pause;
    private DateTimeOffset _closedUntil = DateTimeOffset.MinValue;
    private bool _probing;

    /// <summary>Whether a try may start now. After true, <see cref="Report"/> or <see cref="Withdraw"/> must follow.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (_failures < FailuresToOpen)
            {
                return true;
            }

            if (_probing || clock.GetUtcNow() < _closedUntil)
            {
                return false;
            }

            _probing = true;
            return true;
        }
    }

    /// <summary>How many tries may start now, without starting one.</summary>
    public int Room(int whenClosed)
    {
        lock (_lock)
        {
            return _failures < FailuresToOpen ? whenClosed : _probing || clock.GetUtcNow() < _closedUntil ? 0 : 1;
        }
    }

    /// <summary>The try that was let in did not take place.</summary>
    public void Withdraw()
    {
        lock (_lock)
        {
            _probing = false;
        }
    }

    public void Report(bool working)
    {
        lock (_lock)
        {
            _probing = false;
            if (working)
            {
                _failures = 0;
                _pause = TimeSpan.Zero;
                return;
            }

            _failures++;
            if (_failures >= FailuresToOpen)
            {
                // Failures of tries that started before it opened say nothing new.
                var now = clock.GetUtcNow();
                if (now >= _closedUntil)
                {
                    _pause = _pause == TimeSpan.Zero ? options.FirstPause : TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, options.LongestPause.Ticks));
                    _closedUntil = now + _pause;
                }
            }
        }
    }
}

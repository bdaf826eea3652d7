using Microsoft.Extensions.Options;
using OS2iot.Api.Http;
using OS2iot.Core.Database;

namespace OS2iot.Api.Messages;

/// <summary>Tells those who watch a device that it has something new, on one database connection for all of them.</summary>
internal sealed class LiveMessages : IDisposable
{
    /// <summary>Workers announce device ids here, separated by commas, after their commit.</summary>
    public const string Channel = "device_message";

    private readonly Lock _gate = new();
    private readonly Dictionary<int, List<Watch>> _watches = [];
    private readonly LiveMessagesOptions _options;
    private readonly IDisposable _subscription;

    public LiveMessages(PostgreSqlNotifications notifications, IOptions<LiveMessagesOptions> options)
    {
        _options = options.Value;
        _subscription = notifications.Subscribe(Channel, OnNotice, OnReconnected);
    }

    /// <exception cref="Refusal">Too many are watching.</exception>
    public Watch Begin(int deviceId, int userId)
    {
        var watch = new Watch(this, deviceId, userId);
        lock (_gate)
        {
            var all = _watches.Values.SelectMany(w => w).ToList();
            if (all.Count >= _options.MaxStreams || all.Count(w => w.UserId == userId) >= _options.MaxStreamsPerUser)
            {
                throw Refusal.TooManyRequests(retryAfter: 10);
            }

            if (!_watches.TryGetValue(deviceId, out var others))
            {
                _watches[deviceId] = others = [];
            }

            others.Add(watch);
        }

        return watch;
    }

    public void Dispose() => _subscription.Dispose();

    private void OnNotice(string payload)
    {
        lock (_gate)
        {
            foreach (var part in payload.AsSpan().Split(','))
            {
                if (int.TryParse(payload.AsSpan(part), out var deviceId) && _watches.TryGetValue(deviceId, out var watches))
                {
                    watches.ForEach(w => w.Notify());
                }
            }
        }
    }

    private void OnReconnected()
    {
        lock (_gate)
        {
            foreach (var watch in _watches.Values.SelectMany(w => w))
            {
                watch.Notify();
            }
        }
    }

    private void End(Watch watch)
    {
        lock (_gate)
        {
            if (_watches.TryGetValue(watch.DeviceId, out var watches) && watches.Remove(watch) && watches.Count == 0)
            {
                _watches.Remove(watch.DeviceId);
            }
        }
    }

    /// <summary>One stream's interest in one device.</summary>
    internal sealed class Watch(LiveMessages live, int deviceId, int userId) : IDisposable
    {
        private readonly SemaphoreSlim _news = new(0, 1);

        public int DeviceId => deviceId;

        public int UserId => userId;

        /// <summary>True when there is something new, false when nothing came in time. Any number of notices count as one.</summary>
        public Task<bool> WaitAsync(TimeSpan time, CancellationToken ct) => _news.WaitAsync(time, ct);

        public void Dispose()
        {
            live.End(this);
            _news.Dispose();
        }

        // Only ever called inside the gate, so never twice at a time.
        internal void Notify()
        {
            if (_news.CurrentCount == 0)
            {
                _news.Release();
            }
        }
    }
}

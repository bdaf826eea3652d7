using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace OS2iot.IntegrationTests.Faults;

/// <summary>A message that Ingest answered for.</summary>
/// <param name="Id">As the answer said.</param>
/// <param name="Device">Whose.</param>
/// <param name="Number">The device's count.</param>
/// <param name="SentAt">A timestamp of <see cref="Stopwatch"/>.</param>
internal sealed record Acknowledged(Guid Id, TestDevice Device, int Number, long SentAt);

/// <summary>
/// Devices that post, each one message after the other, and believe what they are told: what was acknowledged is forgotten here but
/// for its id, what was not is not sent again.
/// </summary>
internal sealed class DeviceLoad(int port, IReadOnlyList<TestDevice> devices) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromSeconds(5) })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{port}"),
        Timeout = Patience,
    };

    private readonly ConcurrentDictionary<TestDevice, List<Acknowledged>> _acknowledged = new();
    private readonly ConcurrentDictionary<TestDevice, int> _numbers = new();
    private readonly ConcurrentDictionary<HttpStatusCode, int> _answers = new();
    private int _unanswered;

    /// <summary>In the order of the answers. Complete between runs.</summary>
    public IReadOnlyDictionary<TestDevice, List<Acknowledged>> ByDevice => _acknowledged;

    public IEnumerable<Acknowledged> All => _acknowledged.Values.SelectMany(list => list);

    public IReadOnlyDictionary<HttpStatusCode, int> Answers => _answers;

    /// <summary>Requests whose connection broke.</summary>
    public int Unanswered => _unanswered;

    /// <param name="pause">Of each device between two messages.</param>
    /// <param name="until">After it no device sends another one.</param>
    /// <param name="ct">The same, at once.</param>
    public async Task RunAsync(TimeSpan pause, Task until, CancellationToken ct)
    {
        await Task.WhenAll(devices.Select((device, i) => Task.Run(
            async () =>
            {
                await Task.Delay(pause * ((double)i / devices.Count), ct);
                while (!until.IsCompleted)
                {
                    await SendAsync(device, ct);
                    await Task.Delay(pause, ct);
                }
            },
            ct)));
    }

    public void Dispose() => _http.Dispose();

    private async Task SendAsync(TestDevice device, CancellationToken ct)
    {
        var number = _numbers.AddOrUpdate(device, 1, (_, last) => last + 1);
        using var content = new StringContent(string.Create(CultureInfo.InvariantCulture, $$"""{"n":{{number}},"device":{{device.Id}},"æøå":"\ud83d\ude00"}"""));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var sentAt = Stopwatch.GetTimestamp();
        try
        {
            using var answer = await _http.PostAsync("/api/v1/receive-data?apiKey=" + device.ApiKey, content, ct);
            _answers.AddOrUpdate(answer.StatusCode, 1, (_, count) => count + 1);
            if (answer.IsSuccessStatusCode)
            {
                _acknowledged.GetOrAdd(device, _ => []).Add(new Acknowledged(Scene.IdOf(answer), device, number, sentAt));
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            Interlocked.Increment(ref _unanswered);
        }
    }
}

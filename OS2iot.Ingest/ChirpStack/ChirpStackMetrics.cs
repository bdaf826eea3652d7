using System.Diagnostics.Metrics;

namespace OS2iot.Ingest.ChirpStack;

/// <summary>What came from ChirpStack, in numbers: the meter "OS2iot.ChirpStack".</summary>
internal sealed class ChirpStackMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly Counter<long> _taken;
    private readonly Counter<long> _passedOver;

    public ChirpStackMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("OS2iot.ChirpStack");
        _taken = _meter.CreateCounter<long>("os2iot.chirpstack.taken", "{message}", "Messages that the log has");
        _passedOver = _meter.CreateCounter<long>("os2iot.chirpstack.passed_over", "{message}", "Messages that are not stored, such as those of unknown devices");
    }

    public void Taken(string what, int messages) => _taken.Add(messages, new KeyValuePair<string, object?>("event", what));

    public void PassedOver(string why) => _passedOver.Add(1, new KeyValuePair<string, object?>("reason", why));

    public void Dispose() => _meter.Dispose();
}

using OS2iot.Ingest.Mqtt;

namespace OS2iot.Ingest.MqttExternalBroker;

/// <summary>
/// Decides when trying on is pointless. What never worked and is refused won't work; what did work may come back, as brokers refuse
/// everybody while their own list of users is away.
/// </summary>
internal sealed class Patience(bool workedBefore, MqttExternalBrokerOptions options, TimeProvider clock)
{
    private bool _hasWorked = workedBefore;
    private (MqttFailureKind Kind, long Since) _streak;

    public void Connected()
    {
        _hasWorked = true;
        _streak = default;
    }

    public bool IsExhausted(MqttFailure failure)
    {
        if (failure.Kind is not (MqttFailureKind.Final or MqttFailureKind.UnknownHost))
        {
            _streak = default;
            return false;
        }

        if (failure.Kind == MqttFailureKind.Final && !_hasWorked)
        {
            return true;
        }

        if (_streak.Kind != failure.Kind || _streak.Since == 0)
        {
            _streak = (failure.Kind, clock.GetTimestamp());
        }

        var patience = failure.Kind == MqttFailureKind.Final ? options.RefusalPatience : options.UnknownHostPatience;
        return clock.GetElapsedTime(_streak.Since) >= patience;
    }
}

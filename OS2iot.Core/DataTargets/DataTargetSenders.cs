namespace OS2iot.Core.DataTargets;

/// <summary>Delivers to a target of any type.</summary>
public sealed class DataTargetSenders(IServiceProvider services)
{
    /// <param name="type">The target's type.</param>
    /// <param name="settings">As <see cref="DataTargetSettings.Read"/> gives them.</param>
    /// <param name="message">What to deliver.</param>
    /// <param name="ct">Gives up.</param>
    public Task<DeliveryResult> SendAsync(DataTargetType type, object settings, DeliveryMessage message, CancellationToken ct) =>
        type.SendAsync(services, message, settings, ct);
}

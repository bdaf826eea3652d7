using OS2iot.Core.DataTargets;
using OS2iot.Workers.Routing;

namespace OS2iot.Workers.Delivery;

/// <summary>One message on its way to one target by one connection.</summary>
internal sealed record OutgoingDelivery(DeliveryMessage Message, RoutedTarget Target, int ConnectionId, int? PayloadDecoderId, string? TraceParent)
{
    /// <summary>Tries made before the coming one.</summary>
    public int AttemptsBefore { get; init; }

    public DeliveryKey Key => new(Message.MessageId, ConnectionId);
}

/// <summary>What is unique about a delivery.</summary>
internal readonly record struct DeliveryKey(Guid MessageId, int ConnectionId);

/// <summary>A try that ended.</summary>
internal sealed record DeliveryTry(OutgoingDelivery Delivery, DeliveryResult Result, DateTimeOffset AttemptedAt, TimeSpan Duration)
{
    /// <summary>1 for the first.</summary>
    public int Number => Delivery.AttemptsBefore + 1;

    public bool Delivered => Result.Outcome == DeliveryOutcome.Delivered;
}

namespace OS2iot.Core.DataTargets;

/// <summary>
/// Delivers to one type of data target. Says what kind of failure it met; when to try again is the pipeline's business.
/// A connection failure or a time-out is thrown as it comes and counts as <see cref="DeliveryOutcome.RetryLater"/>.
/// </summary>
public interface IDataTargetSender<in TSettings>
    where TSettings : class
{
    Task<DeliveryResult> SendAsync(DeliveryMessage message, TSettings settings, CancellationToken ct);
}

/// <summary>What a sender is given: the decoded payload, and enough about it to fill headers, topics and envelopes.</summary>
public sealed record DeliveryMessage
{
    /// <summary>The same for every try, so that a receiver can drop repeats.</summary>
    public required Guid MessageId { get; init; }

    public required int DeviceId { get; init; }

    public required int ApplicationId { get; init; }

    public required int OrganizationId { get; init; }

    /// <summary>When the uplink was received; UTC.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The target being delivered to.</summary>
    public required int DataTargetId { get; init; }

    /// <summary>JSON text in UTF-8.</summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }
}

/// <summary>One try to deliver.</summary>
/// <param name="Outcome">What kind of end it had.</param>
/// <param name="StatusCode">The target's status, where its protocol has one.</param>
/// <param name="Error">In words a user understands, without secrets; null when delivered.</param>
/// <param name="NotBefore">When the target asked to be tried again, if it did.</param>
public sealed record DeliveryResult(DeliveryOutcome Outcome, int? StatusCode = null, string? Error = null, DateTimeOffset? NotBefore = null)
{
    public static readonly DeliveryResult Delivered = new(DeliveryOutcome.Delivered);

    /// <summary>What is still to be delivered of a payload that the target took in part; null for all of it.</summary>
    public ReadOnlyMemory<byte>? Rest { get; init; }

    /// <summary>Another try can't end otherwise, so there is none.</summary>
    public bool IsFinal { get; init; }
}

public enum DeliveryOutcome
{
    Delivered,

    /// <summary>Away, overloaded or broken for now.</summary>
    RetryLater,

    /// <summary>The target understood and does not want this message as it is. Retried all the same, as targets get mended.</summary>
    Refused,

    /// <summary>The target says that it is gone for good (HTTP 410).</summary>
    Gone,
}

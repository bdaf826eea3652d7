namespace OS2iot.Ingest.Mqtt;

/// <summary>What a listener asks its broker for, and how much it holds at a time.</summary>
internal sealed record MqttSubscription
{
    /// <summary>In metrics and log lines: which kind of listener this is.</summary>
    public required string Name { get; init; }

    /// <summary>The session's name at the broker, the same after each restart.</summary>
    public required string ClientId { get; init; }

    /// <summary>Topic filters, such as <c>$share/group/device/+/+/+</c>.</summary>
    public required IReadOnlyList<string> Filters { get; init; }

    /// <summary>Filters that the session may have from before, and shall not have any more.</summary>
    public IReadOnlyList<string> FormerFilters { get; init; } = [];

    public int Qos { get; init; } = 1;

    /// <summary>How long the broker keeps messages for us while we are away. MQTT 5; brokers of 3.1.1 have a time of their own.</summary>
    public TimeSpan SessionExpiry { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// Messages that the broker may have under way to us at once; it keeps the rest. Mosquitto writes that rest to disk, but not what is under
    /// way: it should fit into our system's receive buffer, where it is found when the broker is killed.
    /// </summary>
    public ushort MaxInFlight { get; init; } = 250;

    /// <summary>
    /// Messages that wait for the log at once. Not every broker heeds <see cref="MaxInFlight"/>, and what came by a former connection may still be
    /// here when the broker repeats it.
    /// </summary>
    public int MaxHeld { get; init; } = 10_000;

    /// <summary>Bytes of messages that wait for the log at once.</summary>
    public int MaxBytesInFlight { get; init; } = 64 * 1024 * 1024;

    /// <summary>A message with more bytes is dropped and counted.</summary>
    public int MaxPayload { get; init; } = 100 * 1024;

    /// <summary>A broker that announces more is not listened to: its packet would fill the memory before anybody could look at it.</summary>
    public int MaxPacket { get; init; } = 1024 * 1024 + (64 * 1024);

    /// <summary>Messages of one lane are handed over in their order, one call at a time. By default each topic is one.</summary>
    public Func<string, string> LaneOf { get; init; } = topic => topic;

    /// <summary>Says how long so many messages on a topic should wait because their device sends too fast.</summary>
    public Func<string, int, TimeSpan> HoldBack { get; init; } = (_, _) => TimeSpan.Zero;

    /// <summary>
    /// Messages are held back only while no more than so many are in memory: beyond it, who waits behind them would pay for it, and the
    /// broker has acknowledged them to their device already.
    /// </summary>
    public int HoldsUpTo { get; init; } = 125;

    /// <summary>
    /// The broker numbers its packets one after the other, as Mosquitto does. Then a message that we acknowledged in the moment the
    /// connection broke is known when it comes again. Brokers that use a number again at once could mean another message by it.
    /// </summary>
    public bool NumbersAreSequential { get; init; }

    /// <summary>Tries by MQTT 5 first; otherwise 3.1.1 only.</summary>
    public bool AllowsMqtt5 { get; init; } = true;
}

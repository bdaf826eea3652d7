namespace OS2iot.Ingest.Mqtt;

/// <summary>A message as a broker handed it to us.</summary>
internal sealed record MqttMessage(string Topic, ReadOnlyMemory<byte> Payload, int Qos, bool IsRetained, DateTimeOffset ReceivedAt);

/// <summary>
/// Takes messages of one lane in their order, and completes once the log has all of them: only then are they acknowledged. If it
/// throws because somebody is away, the same messages come again, from memory, as long as the connection lives; after that the
/// broker has them still. What can never be taken is the handler's to count and leave out.
/// </summary>
internal delegate Task MqttHandler(IReadOnlyList<MqttMessage> messages, CancellationToken ct);

namespace OS2iot.Simulator.Sigfox;

/// <summary>What a device sends over the air.</summary>
internal sealed record SigfoxMessage
{
    public required string DeviceId { get; init; }

    /// <summary>Up to 24 hex digits.</summary>
    public string Data { get; init; } = "00";

    public int SeqNumber { get; init; }

    /// <summary>Seconds since 1970; null for now.</summary>
    public long? Time { get; init; }

    /// <summary>The device listens for a downlink.</summary>
    public bool Ack { get; init; }

    /// <summary>Base stations that hear it; 0 where the contract tells of none.</summary>
    public int Stations { get; init; } = 2;
}

/// <summary>What became of a message's callback.</summary>
/// <param name="Status">Of the last try; null where nobody answered.</param>
/// <param name="Downlink">16 hex digits for the device.</param>
internal sealed record SigfoxDelivery(int? Status, string? Downlink)
{
    public bool IsTaken => Status is >= 200 and < 300;
}

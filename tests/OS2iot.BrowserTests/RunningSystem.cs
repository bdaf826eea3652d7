namespace OS2iot.BrowserTests;

/// <summary>A whole system to visit. Who starts it says where it is.</summary>
public abstract class RunningSystem
{
    public abstract Uri Portal { get; }

    public abstract Uri Ingest { get; }

    /// <summary>May see and change everything.</summary>
    public abstract (string Email, string Password) Administrator { get; }

    /// <summary>A device that posts by HTTP, with a decoder and a target that takes what it gets.</summary>
    public abstract Task<(int Id, string Key)> ADeviceAsync(CancellationToken ct);
}

namespace OS2iot.Ingest.Devices;

/// <summary>What Ingest needs to know of a device to pass its message on.</summary>
internal sealed record KnownDevice(int Id, int ApplicationId, int OrganizationId)
{
    /// <summary>Of a Sigfox device: its device type there; while Sigfox moves it to another, both.</summary>
    public IReadOnlyList<KnownSigfoxType> SigfoxTypes { get; init; } = [];
}

/// <summary>What guards the callbacks of a device type at Sigfox.</summary>
/// <param name="Id">24 lower-case hex digits.</param>
/// <param name="SecretHash">Of what the address shows; null while there is none.</param>
/// <param name="GuardedFrom">Null while Sigfox does not know it.</param>
/// <param name="HeaderSecretHash">Of what a header shows.</param>
/// <param name="HeaderGuardedFrom">Null while Sigfox does not know it, or the operator does not want it.</param>
internal sealed record KnownSigfoxType(
    string Id, byte[]? SecretHash, DateTimeOffset? GuardedFrom, byte[]? HeaderSecretHash, DateTimeOffset? HeaderGuardedFrom);

namespace OS2iot.Ingest.Devices;

/// <summary>What Ingest needs to know of a device to pass its message on.</summary>
internal sealed record KnownDevice(int Id, int ApplicationId, int OrganizationId)
{
    /// <summary>Of a Sigfox device: its device type's id there, which also guards its callbacks.</summary>
    public string? SigfoxDeviceTypeId { get; init; }
}

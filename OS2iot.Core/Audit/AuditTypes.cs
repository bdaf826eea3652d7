namespace OS2iot.Core.Audit;

/// <summary>What the audit log calls the things that are changed.</summary>
public static class AuditTypes
{
    public const string Application = "Application";
    public const string Device = "IoTDevice";
    public const string DataTarget = "DataTarget";
    public const string Connection = "IoTDevicePayloadDecoderDataTargetConnection";
    public const string PayloadDecoder = "PayloadDecoder";
    public const string DeviceModel = "DeviceModel";
    public const string Multicast = "Multicast";
    public const string Downlink = "Downlink";
    public const string ApiKey = "ApiKey";
    public const string Organization = "Organization";
    public const string Permission = "Permission";
    public const string User = "User";
    public const string SigfoxGroup = "SigFoxGroup";
    public const string SigfoxDeviceType = "SigfoxDeviceType";
    public const string SigfoxJob = "SigfoxJob";
    public const string Gateway = "ChirpstackGateway";
    public const string DeviceProfile = "ChirpstackDeviceProfile";
}

/// <summary>What was done. Others may name further ones.</summary>
public static class AuditActions
{
    public const string Create = "CREATE";
    public const string Update = "UPDATE";
    public const string Delete = "DELETE";
    public const string Login = "LOGIN";

    /// <summary>A session was ended: by its user, an administrator or the identity provider.</summary>
    public const string Logout = "LOGOUT";

    /// <summary>Messages were sent to their targets once more.</summary>
    public const string Resend = "RESEND";
}

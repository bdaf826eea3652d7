using OS2iot.Api.Devices;
using OS2iot.Core.Devices;
using OS2iot.Core.GenericHttp;
using OS2iot.Core.Secrets;

namespace OS2iot.Api.GenericHttp;

/// <summary>Devices that post to us with a key of their own.</summary>
internal sealed class GenericHttpNetwork(SecretProtector protector, LookupHash lookupHash) : DeviceNetwork
{
    public override DeviceType Type => DeviceType.GenericHttp;

    public override Task<Device> CreateAsync(DeviceRequest request, CancellationToken ct)
    {
        var key = NewKey();
        return Task.FromResult<Device>(new GenericHttpDevice
        {
            Name = request.Name,
            ApiKeyHash = lookupHash.Of(key),
            ApiKeyCiphertext = protector.Protect(key),
        });
    }

    public override void Write(Device device, IDictionary<string, object?> columns, bool showSecrets) =>
        columns["apiKey"] = showSecrets ? protector.Unprotect(((GenericHttpDevice)device).ApiKeyCiphertext) : null;

    /// <summary>Gives the device a new key; the old one stops working as soon as this is saved.</summary>
    public string ResetKey(GenericHttpDevice device)
    {
        var key = NewKey();
        device.ApiKeyHash = lookupHash.Of(key);
        device.ApiKeyCiphertext = protector.Protect(key);
        return key;
    }

    private static string NewKey() => Guid.NewGuid().ToString();
}

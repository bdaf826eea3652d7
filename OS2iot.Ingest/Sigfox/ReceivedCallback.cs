using OS2iot.Core.Sigfox;
using OS2iot.Core.Uplinks;
using OS2iot.Ingest.Devices;

namespace OS2iot.Ingest.Sigfox;

/// <summary>One callback as it came: a message, something that Sigfox tells, or both.</summary>
internal sealed class ReceivedCallback
{
    private readonly SigfoxCallbackKind _kind;
    private readonly ReadOnlyMemory<byte> _body;
    private readonly SigfoxCallback? _message;
    private readonly SigfoxNotice? _notice;

    private ReceivedCallback(SigfoxCallbackKind kind, ReadOnlyMemory<byte> body, SigfoxCallback? message, SigfoxNotice? notice) =>
        (_kind, _body, _message, _notice) = (kind, body, message, notice);

    public string DeviceTypeId => _message?.DeviceTypeId ?? _notice!.DeviceTypeId;

    public string DeviceId => _message?.DeviceId ?? _notice!.DeviceId;

    public bool AsksForDownlink => _kind == SigfoxCallbackKind.Bidir && _message!.AsksForDownlink;

    /// <summary>Of a message.</summary>
    public string DeduplicationId => _message!.DeduplicationId;

    /// <returns>Null when it is not as it must be.</returns>
    public static ReceivedCallback? Read(SigfoxCallbackKind kind, ReadOnlyMemory<byte> body, out string? mistake)
    {
        if (kind.BringsUplink())
        {
            return SigfoxCallback.Read(body.Span, out mistake) is { } message ? new ReceivedCallback(kind, body, message, notice: null) : null;
        }

        return SigfoxNotice.Read(body, out mistake) is { } notice ? new ReceivedCallback(kind, body, message: null, notice) : null;
    }

    /// <summary>Who heard a message is told with the message once more, which counts where the first was missed.</summary>
    public UplinkReceived? ToUplink(KnownDevice device, DateTimeOffset now) =>
        _message?.ToUplink((device.Id, device.ApplicationId, device.OrganizationId), now, _body);

    public SigfoxEvent? ToEvent(KnownDevice device, DateTimeOffset now) =>
        _notice?.ToEvent(_kind, device.Id, now, _body)
        ?? (_kind == SigfoxCallbackKind.DataAdvanced ? _message!.ToReception(device.Id, now, _body) : null);
}

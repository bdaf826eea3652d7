using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Connections;

namespace OS2iot.Portal.Pages.PayloadDecoders;

/// <summary>A decoder and who uses it.</summary>
internal sealed class DetailsModel(PayloadDecoderClient decoders, PageFrame frame) : OneDecoder(decoders, frame)
{
    private readonly PayloadDecoderClient _decoders = decoders;

    public IReadOnlyList<Connection> Connections { get; private set; } = [];

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        var connections = _decoders.ConnectionsAsync(id, ct);
        await LoadAsync(id, forWriting: false, ct);
        Connections = (await connections).Data;
    }
}

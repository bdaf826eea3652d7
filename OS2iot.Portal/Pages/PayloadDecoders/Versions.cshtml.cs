using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.PayloadDecoders;

/// <summary>The versions of a decoder, newest first.</summary>
internal sealed class VersionsModel(PayloadDecoderClient decoders, PageFrame frame) : OneDecoder(decoders, frame)
{
    private readonly PayloadDecoderClient _decoders = decoders;

    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    public ListAnswer<DecoderVersion> Versions { get; private set; } = null!;

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        var versions = _decoders.VersionsAsync(id, List, ct);
        await LoadAsync(id, forWriting: false, ct);
        Versions = await versions;
    }
}

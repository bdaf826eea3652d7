using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.PayloadDecoders;

/// <summary>One version beside the decoder of today, and the way back to it.</summary>
internal sealed class VersionModel(PayloadDecoderClient decoders, PageFrame frame) : OneDecoder(decoders, frame)
{
    private readonly PayloadDecoderClient _decoders = decoders;

    public DecoderVersion Old { get; private set; } = null!;

    public IReadOnlyList<DiffLine> Lines { get; private set; } = [];

    public bool IsSame => Lines.All(line => line.Mark == ' ');

    public Task OnGetAsync(int id, int version, CancellationToken ct) => LoadAsync(id, version, forWriting: false, ct);

    public async Task<IActionResult> OnPostAsync(int id, int version, CancellationToken ct)
    {
        await LoadAsync(id, version, forWriting: true, ct);
        var answer = await _decoders.RestoreAsync(id, version, ct);
        if (answer.Succeeded)
        {
            this.Say(DecoderTexts.Restored.With(version));
            return LocalRedirect($"/payload-decoders/{id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, "", []);
        return Page();
    }

    private async Task LoadAsync(int id, int version, bool forWriting, CancellationToken ct)
    {
        var old = _decoders.VersionAsync(id, version, ct);
        await LoadAsync(id, forWriting, ct);
        Old = await old;
        Lines = LineDiff.Between(Old.DecodingFunction ?? "", Decoder.DecodingFunction);
    }
}

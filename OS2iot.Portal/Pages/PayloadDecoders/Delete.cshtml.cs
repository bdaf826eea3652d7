using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.PayloadDecoders;

internal sealed class DeleteModel(PayloadDecoderClient decoders, PageFrame frame) : OneDecoder(decoders, frame)
{
    private readonly PayloadDecoderClient _decoders = decoders;

    public Task OnGetAsync(int id, CancellationToken ct) => LoadAsync(id, forWriting: true, ct);

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, forWriting: true, ct);
        var answer = await _decoders.DeleteAsync(id, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.NowGone.With(Decoder.Name));
            return LocalRedirect("/payload-decoders");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, "", []);
        return Page();
    }
}

using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.PayloadDecoders;

internal sealed class EditModel(PayloadDecoderClient decoders, PageFrame frame) : OneDecoder(decoders, frame)
{
    private const int MostDevices = 200;

    private readonly PayloadDecoderClient _decoders = decoders;

    [BindProperty]
    public DecoderForm Form { get; set; } = new();

    /// <summary>Whose messages can be tried.</summary>
    public IReadOnlyList<NamedThing> Devices { get; private set; } = [];

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        Form = new DecoderForm { Name = Decoder.Name, DecodingFunction = Decoder.DecodingFunction };
    }

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        var answer = await _decoders.UpdateAsync(Decoder, Form, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.Saved);
            return LocalRedirect($"/payload-decoders/{id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), DecoderForm.Fields);
        return Page();
    }

    private async Task LoadAsync(int id, CancellationToken ct)
    {
        var connections = _decoders.ConnectionsAsync(id, ct);
        await LoadAsync(id, forWriting: true, ct);
        Devices = [.. (await connections).Data.SelectMany(c => c.IotDevices ?? []).DistinctBy(d => d.Id).Take(MostDevices).Select(d => new NamedThing(d.Id, d.Name))];
    }
}

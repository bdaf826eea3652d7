using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.PayloadDecoders;

internal sealed class CreateModel(PayloadDecoderClient decoders, PageFrame frame) : PageModel
{
    [BindProperty]
    public DecoderForm Form { get; set; } = new();

    /// <summary>Where it goes; sent back by the form, since the chosen organization may change in another tab.</summary>
    [BindProperty(Name = "organizationId")]
    public int? OrganizationId { get; set; }

    /// <summary>Whose messages can be tried: nobody uses it yet.</summary>
    public IReadOnlyList<NamedThing> Devices => [];

    public void OnGet()
    {
        Load();
        Form.DecodingFunction = DecoderForm.Example;
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        Load();
        var answer = await decoders.CreateAsync(Form, OrganizationId ?? 0, ct);
        if (answer.Value is { } created)
        {
            this.Say(Words.NowThere.With(created.Name));
            return LocalRedirect($"/payload-decoders/{created.Id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), DecoderForm.Fields);
        return Page();
    }

    private void Load()
    {
        frame.Enter(OrganizationId);
        OrganizationId = frame.Organization?.Id ?? throw new MissingException();
        if (frame.Me?.MayWriteIn(OrganizationId.Value) != true)
        {
            throw new ForbiddenException();
        }
    }
}

using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Sigfox;

internal sealed class CreateTypeModel(SigfoxClient sigfox, PageFrame frame) : TypeFields(sigfox, frame)
{
    public Task OnGetAsync(int id, CancellationToken ct) => LoadAsync(id, ct);

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        if (!Form.IsReadable(ModelState))
        {
            return Page();
        }

        var answer = await Client.SaveTypeAsync(id, null, Form, ct);
        if (answer.Value is { } created)
        {
            this.Say(Words.NowThere.With(Form.Name));
            return LocalRedirect($"/sigfox/groups/{id}/types/{created.Id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), SigfoxTypeForm.Fields);
        return Page();
    }
}

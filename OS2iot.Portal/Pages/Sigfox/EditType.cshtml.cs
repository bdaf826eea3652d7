using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Sigfox;

internal sealed class EditTypeModel(SigfoxClient sigfox, PageFrame frame) : TypeFields(sigfox, frame)
{
    public string TypeId { get; private set; } = "";

    public async Task OnGetAsync(int id, string typeId, CancellationToken ct)
    {
        TypeId = typeId;
        await LoadAsync(id, ct);
        var type = await Client.TypeAsync(id, typeId, ct);
        Form = type.Value is { } found ? SigfoxTypeForm.From(found) : Form;
        Tell(type.Code);
    }

    public async Task<IActionResult> OnPostAsync(int id, string typeId, CancellationToken ct)
    {
        TypeId = typeId;
        await LoadAsync(id, ct);
        if (!Form.IsReadable(ModelState))
        {
            return Page();
        }

        var answer = await Client.SaveTypeAsync(id, typeId, Form, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.Saved);
            return LocalRedirect($"/sigfox/groups/{id}/types/{typeId}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), SigfoxTypeForm.Fields);
        return Page();
    }
}

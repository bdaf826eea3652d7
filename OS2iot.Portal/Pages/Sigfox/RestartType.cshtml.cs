using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Sigfox;

internal sealed class RestartTypeModel(SigfoxClient sigfox, PageFrame frame) : OneSigfoxGroup(sigfox, frame)
{
    public string TypeId { get; private set; } = "";

    public string Name { get; private set; } = "";

    public Task OnGetAsync(int id, string typeId, CancellationToken ct) => LoadAsync(id, typeId, ct);

    public async Task<IActionResult> OnPostAsync(int id, string typeId, CancellationToken ct)
    {
        await LoadAsync(id, typeId, ct);
        var answer = await Client.RestartTypeAsync(id, typeId, ct);
        if (answer.Value is { } job)
        {
            return LocalRedirect($"/sigfox/jobs/{job.Id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, "", []);
        return Page();
    }

    private async Task LoadAsync(int id, string typeId, CancellationToken ct)
    {
        await LoadGroupAsync(id, toChange: true, ct);
        TypeId = typeId;
        Name = (await Client.TypeAsync(id, typeId, ct)).Value?.Name is { Length: > 0 } name ? name : typeId;
    }
}

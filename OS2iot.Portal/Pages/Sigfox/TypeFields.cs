using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Sigfox;

/// <summary>What the pages that make and change a device type have in common.</summary>
internal abstract class TypeFields(SigfoxClient sigfox, PageFrame frame) : OneSigfoxGroup(sigfox, frame)
{
    [BindProperty]
    public SigfoxTypeForm Form { get; set; } = new();

    /// <summary>Of the group; none while Sigfox does not answer, which the page says.</summary>
    public IReadOnlyList<SelectListItem> Contracts { get; private set; } = [];

    protected async Task LoadAsync(int id, CancellationToken ct)
    {
        await LoadGroupAsync(id, toChange: true, ct);
        var contracts = await Client.ContractsAsync(id, ct);
        Contracts = [.. (contracts.Value ?? []).Select(c => new SelectListItem(c.Name ?? c.Id, c.Id))];
        Tell(contracts.Code);
    }

    protected void Tell(string? code)
    {
        if (code is not null)
        {
            ProblemTexts.AddTo(ModelState, [new Problem(null, null, code)], nameof(Form), []);
        }
    }
}

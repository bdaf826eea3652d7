using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;
using OS2iot.Portal.Pages.Applications;

namespace OS2iot.Portal.Pages.Sigfox;

/// <summary>Brings Sigfox devices into an application: one that Sigfox has, or new ones that it gets from here.</summary>
internal sealed class AddDevicesModel(SigfoxClient sigfox, ApplicationClient applications, PageFrame frame) : PageModel
{
    [BindProperty]
    public ConnectForm Connect { get; set; } = new();

    [BindProperty]
    public RegisterForm Register { get; set; } = new();

    /// <summary>The Sigfox group through which it is done.</summary>
    [BindProperty(SupportsGet = true)]
    public int? Group { get; set; }

    public Application Application { get; private set; } = null!;

    public IReadOnlyList<SigfoxGroup> Groups { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Unused { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Types { get; private set; } = [];

    public async Task OnGetAsync(int applicationId, CancellationToken ct)
    {
        await LoadAsync(applicationId, ct);
        await AskAsync(ct);
    }

    public async Task<IActionResult> OnPostConnectAsync(int applicationId, CancellationToken ct)
    {
        await LoadAsync(applicationId, ct);
        var answer = await sigfox.ConnectAsync(applicationId, Group ?? 0, Connect, ct);
        if (answer.Value is { } created)
        {
            this.Say(Words.NowThere.With(created.Name));
            return LocalRedirect($"/devices/{created.Id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Connect), ["name"]);
        await AskAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostRegisterAsync(int applicationId, CancellationToken ct)
    {
        await LoadAsync(applicationId, ct);
        if (Register.FirstWrong() is { } line)
        {
            ModelState.AddModelError("Register.Lines", SigfoxTexts.LineWrong.With(line));
        }
        else if (Register.IsEmpty())
        {
            ModelState.AddModelError("Register.Lines", SigfoxTexts.LinesMissing);
        }
        else
        {
            var answer = await sigfox.RegisterAsync(applicationId, Group ?? 0, Register, ct);
            if (answer.Value is { } job)
            {
                return LocalRedirect($"/sigfox/jobs/{job.Id}");
            }

            ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Register), []);
        }

        await AskAsync(ct);
        return Page();
    }

    private async Task LoadAsync(int applicationId, CancellationToken ct)
    {
        Application = await applications.GetAsync(applicationId, ct);
        frame.Enter(Application.BelongsTo?.Id);
        if (frame.Me?.MayWrite(applicationId) != true)
        {
            throw new ForbiddenException();
        }

        Groups = await sigfox.GroupsAsync(Application.BelongsTo?.Id ?? 0, ct);
        Group = Groups.FirstOrDefault(g => g.Id == Group)?.Id ?? (Groups.Count > 0 ? Groups[0].Id : null);
    }

    private async Task AskAsync(CancellationToken ct)
    {
        if (Group is not { } group)
        {
            return;
        }

        var unused = sigfox.UnusedDevicesAsync(group, ct);
        var types = sigfox.TypesAsync(group, ct);
        await Task.WhenAll(unused, types);
        Unused = [.. ((await unused).Value?.Data ?? []).Select(d => new SelectListItem($"{d.Id} · {d.Name} · {d.DeviceType?.Name}", d.Id))];
        Types = [.. ((await types).Value?.Data ?? []).Select(t => new SelectListItem(t.Name ?? t.Id, t.Id))];
        if (((await unused).Code ?? (await types).Code) is { } code)
        {
            ProblemTexts.AddTo(ModelState, [new Problem(null, null, code)], "", []);
        }
    }
}

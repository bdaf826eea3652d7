using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Permissions;

namespace OS2iot.Portal.Pages.ApiKeys;

/// <summary>Makes a key and shows it, on this page's answer only: it is never in an address or a cookie.</summary>
internal sealed class CreateModel(ApiKeyClient keys, PermissionClient permissions, PageFrame frame) : PageModel
{
    [BindProperty]
    public ApiKeyForm Form { get; set; } = new();

    [BindProperty(SupportsGet = true, Name = "of")]
    public int? OrganizationId { get; set; }

    public IReadOnlyList<NamedThing> Groups { get; private set; } = [];

    public ApiKey? Created { get; private set; }

    public Task OnGetAsync(CancellationToken ct) => LoadAsync(ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        Check();
        var answer = await keys.CreateAsync(Form, ct);
        Created = answer.Value;
        if (!answer.Succeeded)
        {
            await LoadAsync(ct);
            ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), ApiKeyForm.Fields);
        }

        return Page();
    }

    private int Check()
    {
        frame.Enter(OrganizationId);
        OrganizationId = frame.Organization?.Id ?? throw new MissingException();
        return frame.Me?.ManagesUsersOf(OrganizationId.Value) == true ? OrganizationId.Value : throw new ForbiddenException();
    }

    private async Task LoadAsync(CancellationToken ct) => Groups = await permissions.ChoicesAsync(Check(), ct);
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Users;

internal sealed class CreateModel(UserClient users, PageFrame frame) : PageModel
{
    [BindProperty]
    public UserForm Form { get; set; } = new();

    public void OnGet() => Check();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        Check();
        var answer = await users.CreateAsync(Form, ct);
        if (answer.Value is { } created)
        {
            this.Say(Words.NowThere.With(created.Name));
            return LocalRedirect($"/users/{created.Id}");
        }

        ProblemTexts.AddTo(ModelState, answer.Problems, nameof(Form), UserForm.Fields);
        return Page();
    }

    private void Check()
    {
        if (frame.Me?.ManagesUsers != true)
        {
            throw new ForbiddenException();
        }
    }
}

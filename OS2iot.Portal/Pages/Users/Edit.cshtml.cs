using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Users;

internal sealed class EditModel(UserClient users, PageFrame frame) : PageModel
{
    [BindProperty]
    public UserForm Form { get; set; } = new();

    public User Before { get; private set; } = null!;

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        Check();
        Before = await users.GetAsync(id, ct);
        Form = UserForm.From(Before);
    }

    public async Task<IActionResult> OnPostAsync(int id, CancellationToken ct)
    {
        Check();
        var answer = await users.UpdateAsync(id, Form, ct);
        if (answer.Succeeded)
        {
            this.Say(Words.Saved);
            return LocalRedirect($"/users/{id}");
        }

        Before = await users.GetAsync(id, ct);
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

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Account;

/// <summary>What users do about their own sign-in: where they are signed in, their password and one-time codes.</summary>
internal sealed class IndexModel(AccountClient account) : PageModel
{
    [BindProperty]
    public string? CurrentPassword { get; set; }

    /// <summary>Asked for in a second form of the page.</summary>
    [BindProperty]
    public string? PasswordForCodes { get; set; }

    [BindProperty]
    public string? NewPassword { get; set; }

    [BindProperty]
    public string? Secret { get; set; }

    [BindProperty]
    public string? Code { get; set; }

    public IReadOnlyList<OpenSession> Sessions { get; private set; } = [];

    public SignInWays Ways { get; private set; } = new(false, false, 0);

    public OfferedCodes? Offer { get; private set; }

    /// <summary>Shown once, right after they were made.</summary>
    public IReadOnlyList<string>? RecoveryCodes { get; private set; }

    public Task OnGetAsync(CancellationToken ct) => LoadAsync(ct);

    public async Task<IActionResult> OnPostEndAsync(Guid id, CancellationToken ct) => await DoneAsync(await account.EndAsync(id, ct), ct);

    public async Task<IActionResult> OnPostEndOthersAsync(CancellationToken ct) => await DoneAsync(await account.EndOthersAsync(ct), ct);

    public async Task<IActionResult> OnPostPasswordAsync(CancellationToken ct) =>
        await DoneAsync(await account.ChangePasswordAsync(CurrentPassword, NewPassword, ct), ct);

    public async Task<IActionResult> OnPostStopCodesAsync(CancellationToken ct) => await DoneAsync(await account.StopCodesAsync(PasswordForCodes, ct), ct);

    public async Task<IActionResult> OnPostOfferCodesAsync(CancellationToken ct)
    {
        Offer = await account.OfferCodesAsync(ct);
        await LoadAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostUseCodesAsync(CancellationToken ct)
    {
        var answer = await account.UseCodesAsync(Secret, Code, PasswordForCodes, ct);
        RecoveryCodes = answer.Value?.RecoveryCodes;
        if (!answer.Succeeded)
        {
            Say(answer.Problems);
            Offer = new OfferedCodes(Secret ?? "", $"otpauth://totp/OS2iot?secret={Uri.EscapeDataString(Secret ?? "")}&issuer=OS2iot");
        }

        await LoadAsync(ct);
        return Page();
    }

    private async Task<IActionResult> DoneAsync(IReadOnlyList<Problem> problems, CancellationToken ct)
    {
        if (problems.Count == 0)
        {
            this.Say(Words.Saved);
            return LocalRedirect("/account");
        }

        Say(problems);
        await LoadAsync(ct);
        return Page();
    }

    private void Say(IReadOnlyList<Problem> problems) => ModelState.AddModelError("", ProblemTexts.Of(problems[0]));

    private async Task LoadAsync(CancellationToken ct)
    {
        Sessions = await account.SessionsAsync(ct);
        Ways = await account.SignInAsync(ct);
    }
}

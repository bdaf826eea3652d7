using System.Diagnostics;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Error;

/// <summary>Says in words what went wrong and what to do. Shows nothing of the inside.</summary>
[AllowAnonymous]
[IgnoreAntiforgeryToken]
internal sealed class IndexModel : PageModel
{
    public Text Title { get; private set; } = ErrorTexts.FailedTitle;

    public Text Explanation { get; private set; } = ErrorTexts.FailedText;

    /// <summary>The page that failed, when asking for it again may help.</summary>
    public string? Again { get; private set; }

    public static string? Reference => Activity.Current?.TraceId.ToString();

    public bool IsOurFault => Response.StatusCode >= 500;

    public void OnGet(int? status) => Explain(status);

    public void OnPost(int? status) => Explain(status);

    private void Explain(int? status)
    {
        var failed = HttpContext.Features.Get<IExceptionHandlerPathFeature>()?.Path;
        var code = failed is null ? status ?? StatusCodes.Status404NotFound : Response.StatusCode;
        Response.StatusCode = code is >= 400 and < 600 ? code : StatusCodes.Status404NotFound;
        (Title, Explanation) = Response.StatusCode switch
        {
            400 => (ErrorTexts.OldFormTitle, ErrorTexts.OldFormText),
            403 => (ErrorTexts.ForbiddenTitle, ErrorTexts.ForbiddenText),
            503 => (ErrorTexts.AwayTitle, ErrorTexts.AwayText),
            >= 500 => (ErrorTexts.FailedTitle, ErrorTexts.FailedText),
            _ => (ErrorTexts.MissingTitle, ErrorTexts.MissingText),
        };
        if (Response.StatusCode == StatusCodes.Status503ServiceUnavailable)
        {
            Response.Headers.RetryAfter = "10";
            Again = Url.IsLocalUrl(failed) ? failed : null;
        }
    }
}

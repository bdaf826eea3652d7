using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;

namespace OS2iot.Portal.Pages.Search;

internal sealed class IndexModel(SearchClient search) : PageModel
{
    private const int Suggested = 8;

    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    public ListAnswer<Hit> Hits { get; private set; } = new([], 0);

    public async Task OnGetAsync(CancellationToken ct)
    {
        if (List.Filter is { } text)
        {
            Hits = await search.FindAsync(text, List.PageSize, (Math.Min(List.Page, 400) - 1) * List.PageSize, ct);
        }
    }

    /// <summary>The first hits, for the field in the frame.</summary>
    public async Task<IActionResult> OnGetSuggestAsync(CancellationToken ct)
    {
        Hits = List.Filter is { } text ? await search.FindAsync(text, Suggested, 0, ct) : Hits;
        return Partial("_Suggestions", this);
    }
}

using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.AuditLog;

internal sealed class IndexModel(AuditLogClient log, PageFrame frame) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public ListState List { get; set; } = new();

    [BindProperty(SupportsGet = true)]
    public AuditFilter Filter { get; set; } = new();

    public ListAnswer<AuditEntry> Entries { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct)
    {
        Check();
        Entries = await log.ListAsync(Filter, List, ct);
    }

    public async Task<IActionResult> OnGetCsvAsync(CancellationToken ct)
    {
        Check();
        return File(await log.CsvAsync(Filter, List, ct), "text/csv; charset=utf-8", "audit-log.csv");
    }

    private void Check()
    {
        if (frame.Me?.ManagesUsers != true)
        {
            throw new ForbiddenException();
        }
    }
}

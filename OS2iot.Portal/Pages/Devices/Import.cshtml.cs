using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Applications;

namespace OS2iot.Portal.Pages.Devices;

/// <summary>
/// Many devices from a file: first looked through, then sent row by row. With script the page shows how far it is; without, the answer is
/// the result. The file stays in the browser, so nothing of it has to be kept here or written into a page.
/// </summary>
[RequestSizeLimit(MaxRequest)]
[RequestFormLimits(MultipartBodyLengthLimit = MaxRequest)]
internal sealed class ImportModel(DeviceImport import, ApplicationClient applications, PageFrame frame) : PageModel
{
    public const int MostShown = 200;

    private const int MaxRequest = DeviceFile.MaxBytes + (64 * 1024);

    private static readonly byte[] NewLine = "\n"u8.ToArray();

    public Application Application { get; private set; } = null!;

    public DeviceFile? Checked { get; private set; }

    public IReadOnlyList<ImportedRow>? Results { get; private set; }

    public Task OnGetAsync(int applicationId, CancellationToken ct) => LoadAsync(applicationId, ct);

    public async Task<IActionResult> OnGetSampleAsync(int applicationId, string kind, CancellationToken ct)
    {
        await LoadAsync(applicationId, ct);
        return DeviceFile.Samples.TryGetValue(kind, out var sample)
            ? File(Encoding.UTF8.GetBytes(sample), "text/csv; charset=utf-8", kind + ".csv")
            : throw new MissingException();
    }

    public async Task<IActionResult> OnPostCheckAsync(int applicationId, IFormFile? file, CancellationToken ct)
    {
        await LoadAsync(applicationId, ct);
        Checked = await ReadAsync(applicationId, file, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostRunAsync(int applicationId, IFormFile? file, CancellationToken ct)
    {
        await LoadAsync(applicationId, ct);
        var read = await ReadAsync(applicationId, file, ct);
        if (read is null || read.Rows.Count == 0)
        {
            return Page();
        }

        if (Request.Headers.Accept.ToString().Contains("application/x-ndjson", StringComparison.Ordinal))
        {
            await StreamAsync(read, ct);
            return new EmptyResult();
        }

        var results = new List<ImportedRow>();
        await foreach (var portion in import.RunAsync(read.Rows, ct))
        {
            results.AddRange(portion);
        }

        Results = results;
        return Page();
    }

    /// <summary>One line of JSON for each portion that was sent.</summary>
    private async Task StreamAsync(DeviceFile file, CancellationToken ct)
    {
        HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        Response.ContentType = "application/x-ndjson";
        await foreach (var portion in import.RunAsync(file.Rows, ct))
        {
            var line = new
            {
                total = file.Rows.Count,
                rows = portion.Select(r => new { line = r.Row.Line, name = r.Row.Name, type = DeviceTexts.NetworkOf(r.Row.Type), id = r.DeviceId, error = r.Error }),
            };
            await JsonSerializer.SerializeAsync(Response.Body, line, JsonSerializerOptions.Web, ct);
            await Response.Body.WriteAsync(NewLine, ct);
            await Response.Body.FlushAsync(ct);
        }
    }

    private async Task<DeviceFile?> ReadAsync(int applicationId, IFormFile? file, CancellationToken ct)
    {
        if (file is null || file.Length == 0 || file.Length > DeviceFile.MaxBytes)
        {
            ModelState.AddModelError("", file is { Length: > 0 } ? ImportTexts.TooLarge.With(DeviceFile.MaxBytes / 1024 / 1024) : (string)ImportTexts.Choose);
            return null;
        }

        await using var stream = file.OpenReadStream();
        var read = await DeviceFile.ReadAsync(stream, applicationId, ct);
        if (read.Problem is { } problem)
        {
            ModelState.AddModelError("", problem);
        }

        return read;
    }

    private async Task LoadAsync(int applicationId, CancellationToken ct)
    {
        Application = await applications.GetAsync(applicationId, ct);
        frame.Enter(Application.BelongsTo?.Id);
        if (frame.Me?.MayWrite(applicationId) != true)
        {
            throw new ForbiddenException();
        }
    }
}

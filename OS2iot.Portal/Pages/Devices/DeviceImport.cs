using System.Runtime.CompilerServices;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;

namespace OS2iot.Portal.Pages.Devices;

/// <summary>Sends the rows of a file to the Api, some at a time, and tells of each what became of it.</summary>
internal sealed class DeviceImport(HttpClient http)
{
    /// <summary>Few enough that people see it go on, and that none waits long for its answer.</summary>
    private const int Portion = 25;

    public async IAsyncEnumerable<IReadOnlyList<ImportedRow>> RunAsync(IReadOnlyList<DeviceFileRow> rows, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var portion in rows.Chunk(Portion))
        {
            var results = new List<ImportedRow>();
            foreach (var row in portion.Where(r => r.Problems.Count > 0))
            {
                results.Add(new ImportedRow(row, string.Join(' ', row.Problems)));
            }

            foreach (var group in portion.Where(r => r.Problems.Count == 0).GroupBy(r => r.Id is null))
            {
                results.AddRange(await SendAsync([.. group], group.Key ? "iot-device/createMany" : "iot-device/updateMany", ct));
            }

            yield return [.. results.OrderBy(r => r.Row.Line)];
        }
    }

    // The Api refuses a whole portion for one row that is not well formed: then each is sent by itself.
    private async Task<IEnumerable<ImportedRow>> SendAsync(IReadOnlyList<DeviceFileRow> rows, string path, CancellationToken ct)
    {
        Answer<List<RowAnswer>> answer;
        try
        {
            answer = await http.ChangeAsync<List<RowAnswer>>(HttpMethod.Post, path, new { data = rows.Select(r => r.Body) }, ct);
        }
        catch (ApiAwayException)
        {
            return rows.Select(r => new ImportedRow(r, ImportTexts.NoAnswer));
        }
        catch (ForbiddenException)
        {
            return rows.Select(r => new ImportedRow(r, ProblemTexts.Forbidden));
        }

        if (answer.Value is { } answers)
        {
            return Match(rows, answers);
        }

        if (rows is [var only])
        {
            return [new ImportedRow(only, string.Join(' ', answer.Problems.DistinctBy(p => p.Property).Select(Of)))];
        }

        var each = new List<ImportedRow>();
        foreach (var row in rows)
        {
            each.AddRange(await SendAsync([row], path, ct));
        }

        return each;
    }

    private static string Of(Problem problem) => problem.Property is null ? ProblemTexts.Of(problem) : $"{problem.Property}: {ProblemTexts.Of(problem)}";

    // Rows of devices that are not there come last in the answer, the others in their order.
    private static IEnumerable<ImportedRow> Match(IReadOnlyList<DeviceFileRow> rows, List<RowAnswer> answers)
    {
        var open = answers.ToList();
        foreach (var row in rows)
        {
            var found = open.Find(a => row.Id is not null && a.Data?.Id == row.Id) ?? open.Find(a => a.IdMetadata.Name == row.Name && (row.Id is null || a.Data is null));
            if (found is not null)
            {
                open.Remove(found);
            }

            yield return found switch
            {
                { Error: { } error } => new ImportedRow(row, ProblemTexts.Of(new Problem(null, null, error.Message))),
                { Data.Id: var id } => new ImportedRow(row, null) { DeviceId = id },
                _ => new ImportedRow(row, ProblemTexts.Unknown),
            };
        }
    }

    private sealed record RowAnswer(RowDevice? Data, RowName IdMetadata, RowError? Error);

    private sealed record RowDevice(int Id);

    private sealed record RowName(string Name);

    private sealed record RowError(string Message);
}

/// <param name="Row">Of the file.</param>
/// <param name="Error">Why it was not saved; null where it was.</param>
internal sealed record ImportedRow(DeviceFileRow Row, string? Error)
{
    public int? DeviceId { get; init; }
}

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OS2iot.Portal.Pages.Devices;

namespace OS2iot.Tests.Portal;

public sealed class ImportPageTests : IAsyncLifetime
{
    private const string Page = "/applications/1/devices/import";

    private FakeApi _api = null!;

    private RunningPortal _portal = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _api = await FakeApi.StartAsync();
        _portal = new RunningPortal(_api.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _portal.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Read_OfEachSample_KnowsAllOfItsRows()
    {
        foreach (var (kind, sample) in DeviceFile.Samples)
        {
            var file = await ReadAsync(sample);

            Assert.Null(file.Problem);
            Assert.All(file.Rows, row => Assert.True(row.Problems.Count == 0, $"{kind}: {string.Join(' ', row.Problems)}"));
        }
    }

    [Fact]
    public async Task Read_OfALoRaWanRow_HasWhatTheApiTakes()
    {
        var file = await ReadAsync(
            "\ufeffname;id;type;longitude;latitude;comment;devEUI;deviceProfileID;skipFCntCheck;activationType;OTAAapplicationKey\r\n"
            + "\"Klima; 3.14\";;lorawan;10,2039;56.1629;'=1+1;a81758fffe0312ab;7d2c1f60-0c2e-4a57-9b43-0f6f2f0e8c11;TRUE;OTAA;00112233445566778899aabbccddeeff\r\n\r\n");

        var row = Assert.Single(file.Rows);
        Assert.Equal(
            """{"type":"LORAWAN","applicationId":1,"name":"Klima; 3.14","commentOnLocation":null,"comment":"=1+1","latitude":56.1629,"longitude":10.2039,"lorawanSettings":{"devEUI":"a81758fffe0312ab","deviceProfileID":"7d2c1f60-0c2e-4a57-9b43-0f6f2f0e8c11","skipFCntCheck":true,"activationType":"OTAA","OTAAapplicationKey":"00112233445566778899aabbccddeeff"}}""",
            JsonSerializer.Serialize(row.Body, UnescapedJson));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a,b\n1,2\n")]
    [InlineData("name,type\n")]
    [InlineData("name,type\n\"never closed,GENERIC_HTTP\n")]
    public async Task Read_WhenItIsNoFileOfDevices_SaysWhy(string text)
    {
        var file = await ReadAsync(text);

        Assert.True(file.Problem is { Length: > 0 } || file.Rows.All(r => r.Problems.Count > 0));
    }

    [Fact]
    public async Task Check_OfAFile_ShowsWhatWouldHappenAndSendsNothing()
    {
        using var visitor = await SignedInAsync();

        await SendAsync(visitor, "check", "name,type,id\nA,GENERIC_HTTP,\nB,GENERIC_HTTP,7\nC,PIGEON,\n");

        Assert.Equal(["C", "A", "B"], visitor.Page.QuerySelectorAll("#import-result tbody th").Select(c => c.TextContent));
        Assert.Single(visitor.Page.QuerySelectorAll("#import-result .state-dead"));
        Assert.DoesNotContain(_api.Requests, r => r.Contains("Many", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_WithoutScript_TellsOfEachRowWhatBecameOfIt()
    {
        using var visitor = await SignedInAsync();

        await SendAsync(visitor, "run", "name,type,id\nA,GENERIC_HTTP,\nB refused,GENERIC_HTTP,\n,GENERIC_HTTP,\nD,PIGEON,\nE,GENERIC_HTTP,7\n");

        var rows = visitor.Page.QuerySelectorAll("#import-result tbody tr").ToList();
        Assert.Equal(["2", "3", "4", "5", "6"], rows.Select(r => r.QuerySelector("td.num")!.TextContent));
        Assert.Equal([true, false, false, false, true], rows.Select(r => r.QuerySelector(".state-ok") is not null));
        Assert.Contains("name: ", rows[2].TextContent, StringComparison.Ordinal);
        Assert.Single(visitor.Page.QuerySelectorAll("#import-result a[href='/devices/7']"));
    }

    [Fact]
    public async Task Run_WithScript_AnswersALineForEachPortion()
    {
        using var visitor = await SignedInAsync();
        var csv = "name,type\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"Device {i},GENERIC_HTTP\n"));

        await SendAsync(visitor, "run", csv, "application/x-ndjson");

        var lines = visitor.Html.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal([25, 25, 10], lines.Select(l => l.GetProperty("rows").GetArrayLength()));
        Assert.All(lines, l => Assert.Equal(60, l.GetProperty("total").GetInt32()));
        Assert.Equal(3, _api.Requests.Count(r => r.StartsWith("POST /api/v1/iot-device/createMany", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Run_WhenTheApiGoesAway_SaysSoOfTheRowsThatAreNotSaved()
    {
        using var visitor = await SignedInAsync();
        _api.Instead["POST /api/v1/iot-device/createMany"] = () => Microsoft.AspNetCore.Http.Results.StatusCode(503);

        await SendAsync(visitor, "run", "name,type\nA,GENERIC_HTTP\nB,GENERIC_HTTP\n");

        Assert.Equal(HttpStatusCode.OK, visitor.Answer.StatusCode);
        Assert.Equal(2, visitor.Page.QuerySelectorAll("#import-result .state-dead").Length);
    }

    [Fact]
    public async Task Import_WhenOneMayOnlyRead_IsRefused()
    {
        (_api.IsGlobalAdmin, _api.MayWrite) = (false, false);
        using var visitor = await SignedInAsync();

        await visitor.OpenAsync(Page);

        Assert.Equal(HttpStatusCode.Forbidden, visitor.Answer.StatusCode);
    }

    private static readonly JsonSerializerOptions UnescapedJson = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static async Task<DeviceFile> ReadAsync(string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return await DeviceFile.ReadAsync(stream, 1, Ct);
    }

    private static async Task SendAsync(Visitor visitor, string handler, string csv, string accept = "text/html")
    {
        await visitor.OpenAsync(Page);
        var token = visitor.Page.QuerySelector("form[data-import] input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        var request = new HttpRequestMessage(HttpMethod.Post, $"{Page}?handler={handler}")
        {
            Content = new MultipartFormDataContent
            {
                { new StringContent(token), "__RequestVerificationToken" },
                { new ByteArrayContent(Encoding.UTF8.GetBytes(csv)), "file", "devices.csv" },
            },
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        await visitor.SendAsync(request);
    }

    private async Task<Visitor> SignedInAsync()
    {
        var visitor = new Visitor(_portal);
        await visitor.SignInAsync();
        return visitor;
    }
}

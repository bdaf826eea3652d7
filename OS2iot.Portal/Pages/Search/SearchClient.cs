using System.Text.Json;
using OS2iot.Portal.Api;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Search;

internal sealed class SearchClient(HttpClient http)
{
    public Task<ListAnswer<Hit>> FindAsync(string text, int limit, int offset, CancellationToken ct) =>
        http.ReadAsync<ListAnswer<Hit>>($"search?q={Uri.EscapeDataString(text)}&limit={limit}&offset={offset}", ct);
}

/// <summary>Something that was found. A gateway's id is a text, the others' a number.</summary>
internal sealed record Hit(JsonElement Id, string Name, string Type, DateTimeOffset UpdatedAt)
{
    public string Address => Type switch
    {
        "Application" => $"/applications/{Id}",
        "IoTDevice" => $"/devices/{Id}",
        _ => $"/gateways/{Uri.EscapeDataString(Id.ToString())}",
    };

    public string Icon => Type switch
    {
        "Application" => "grid",
        "IoTDevice" => "sensor",
        _ => "send",
    };

    public string Kind => Type switch
    {
        "Application" => Words.Application,
        "IoTDevice" => Words.Device,
        _ => SearchTexts.Gateway,
    };
}

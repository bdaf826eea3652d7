using System.Net.Http.Headers;
using System.Text.Json;

namespace OS2iot.Simulator.Demo;

/// <summary>What the demo asks of the REST API, as any client would.</summary>
internal sealed class DemoApi(HttpClient http)
{
    public const string Name = "demo-api";

    /// <param name="credentialsFile">Two lines: e-mail and password.</param>
    /// <param name="ct">Gives up.</param>
    public async Task SignInAsync(string credentialsFile, CancellationToken ct)
    {
        var lines = await File.ReadAllLinesAsync(credentialsFile, ct);
        var answer = await PostAsync("auth/login", new { username = lines[0], password = lines[1] }, ct);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.GetProperty("accessToken").GetString());
    }

    /// <summary>The entity of that name in a list, or a new one.</summary>
    public async Task<JsonElement> FindOrCreateAsync(string list, string name, string create, object body, CancellationToken ct)
    {
        var found = (await ListAsync(list, ct)).FirstOrDefault(e => e.GetProperty("name").GetString() == name);
        return found.ValueKind == JsonValueKind.Object ? found : await PostAsync(create, body, ct);
    }

    public async Task<List<JsonElement>> ListAsync(string path, CancellationToken ct) =>
        [.. (await GetAsync(path, ct)).GetProperty("data").EnumerateArray()];

    public Task<JsonElement> GetAsync(string path, CancellationToken ct) => ReadAsync(http.GetAsync("/api/v1/" + path, ct), ct);

    public Task<JsonElement> PostAsync(string path, object body, CancellationToken ct) =>
        ReadAsync(http.PostAsJsonAsync("/api/v1/" + path, body, ct), ct);

    /// <summary>Asks for something that has no answer; whether it was taken.</summary>
    public async Task<bool> AskAsync(string path, CancellationToken ct)
    {
        using var response = await http.PostAsync("/api/v1/" + path, content: null, ct);
        return response.IsSuccessStatusCode;
    }

    public Task<JsonElement> PutAsync(string path, object body, CancellationToken ct) =>
        ReadAsync(http.PutAsJsonAsync("/api/v1/" + path, body, ct), ct);

    private static async Task<JsonElement> ReadAsync(Task<HttpResponseMessage> request, CancellationToken ct)
    {
        using var response = await request;
        if (!response.IsSuccessStatusCode)
        {
            var said = await response.Content.ReadAsStringAsync(ct);
            throw new HttpRequestException($"{response.RequestMessage!.RequestUri!.AbsolutePath} answered {(int)response.StatusCode}: {said}");
        }

        return await response.Content.ReadFromJsonAsync<JsonElement>(ct);
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace OS2iot.Tests.Api;

/// <summary>Speaks to the Api as one user.</summary>
public sealed class ApiClient(HttpClient http)
{
    private const string Prefix = "/api/v1/";

    public int UserId { get; set; }

    public string? Token { get; set; }

    /// <summary>Sent along where it is set.</summary>
    public string? ApiKey { get; set; }

    public Task<Answer> Get(string path) => Send(HttpMethod.Get, path, null);

    public Task<Answer> Post(string path, object? body) => Send(HttpMethod.Post, path, JsonContent.Create(body));

    public Task<Answer> Put(string path, object? body) => Send(HttpMethod.Put, path, JsonContent.Create(body));

    public Task<Answer> Delete(string path) => Send(HttpMethod.Delete, path, null);

    public Task<Answer> PostText(string path, string body, string contentType = "application/json") =>
        Send(HttpMethod.Post, path, new StringContent(body, Encoding.UTF8, contentType));

    public async Task<Answer> Send(HttpMethod method, string path, HttpContent? content, Action<HttpRequestHeaders>? headers = null)
    {
        using var request = Request(method, path, content);
        headers?.Invoke(request.Headers);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Answer(response.StatusCode, text, response.Headers, response.Content.Headers);
    }

    /// <summary>An answer whose body is read as it comes.</summary>
    public Task<HttpResponseMessage> Open(string path, CancellationToken ct) =>
        http.SendAsync(Request(HttpMethod.Get, path, null), HttpCompletionOption.ResponseHeadersRead, ct);

    private HttpRequestMessage Request(HttpMethod method, string path, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, Prefix + path) { Content = content };
        if (Token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        }

        if (ApiKey is not null)
        {
            request.Headers.Add("X-API-KEY", ApiKey);
        }

        return request;
    }
}

public sealed record Answer(HttpStatusCode Status, string Text, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
{
    public JsonElement Json => JsonElement.Parse(Text);

    public JsonElement this[string member] => Json.GetProperty(member);

    public int Id() => Status == HttpStatusCode.Created ? this["id"].GetInt32() : throw new InvalidOperationException($"{Status}: {Text}");

    /// <summary>What is wrong with a member, as rule names.</summary>
    public string[] Rules(string property) => [.. this["message"].EnumerateArray()
        .Single(f => f.GetProperty("property").GetString() == property).GetProperty("constraints").EnumerateObject().Select(c => c.Name).Order()];

    public Answer Is(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)Status} instead of {(int)status}: {Text}");
        return this;
    }

    public void IsRefused(HttpStatusCode status, string body)
    {
        Is(status);
        Assert.Equal(body, Text);
    }
}

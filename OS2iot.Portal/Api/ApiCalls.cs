using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace OS2iot.Portal.Api;

/// <summary>The conventions of the Api, once for all clients.</summary>
internal static class ApiCalls
{
    /// <exception cref="MissingException">There is no such thing.</exception>
    public static async Task<T> ReadAsync<T>(this HttpClient http, string path, CancellationToken ct)
    {
        using var response = await http.TryAsync(new HttpRequestMessage(HttpMethod.Get, path), ct);
        ThrowIfUnanswered(response);
        return response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest
            ? throw new MissingException()
            : await ReadBodyAsync<T>(response, ct);
    }

    /// <returns>Without a value where the Api only says that it is done.</returns>
    public static async Task<Answer<T>> ChangeAsync<T>(this HttpClient http, HttpMethod method, string path, object? body, CancellationToken ct)
        where T : class
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body, options: JsonSerializerOptions.Web) };
        using var response = await http.TryAsync(request, ct);
        ThrowIfUnanswered(response);
        var answer = await response.Content.ReadAsByteArrayAsync(ct);
        return !response.IsSuccessStatusCode ? new Answer<T>(null, Problems(answer))
            : new Answer<T>(answer.Length == 0 ? null : await ReadBodyAsync<T>(response, ct), []);
    }

    /// <summary>Sends, and tells an Api that is away from one that refuses.</summary>
    public static async Task<HttpResponseMessage> TryAsync(
        this HttpClient http, HttpRequestMessage request, CancellationToken ct, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        try
        {
            return await http.SendAsync(request, completion, ct);
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException)
        {
            throw new ApiAwayException("The Api can't be reached.", exception);
        }
        catch (OperationCanceledException exception) when (!ct.IsCancellationRequested)
        {
            throw new ApiAwayException("The Api did not answer in time.", exception);
        }
    }

    /// <summary>Reads any of the error bodies of the Api.</summary>
    internal static IReadOnlyList<Problem> Problems(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var problems = new List<Problem>();
            if (document.RootElement.TryGetProperty("message", out var message))
            {
                Collect(message, problems);
            }

            return problems.Count > 0 ? problems : [new Problem(null, null, "")];
        }
        catch (JsonException)
        {
            return [new Problem(null, null, "")];
        }
    }

    private static void Collect(JsonElement message, List<Problem> problems)
    {
        if (message.ValueKind == JsonValueKind.String)
        {
            problems.Add(new Problem(null, null, message.GetString()!));
        }

        foreach (var failure in message.ValueKind == JsonValueKind.Array ? message.EnumerateArray().ToList() : [])
        {
            var property = failure.TryGetProperty("property", out var name) ? name.GetString() : null;
            if (failure.TryGetProperty("constraints", out var constraints) && constraints.ValueKind == JsonValueKind.Object)
            {
                problems.AddRange(constraints.EnumerateObject().Select(rule => new Problem(property, rule.Name, rule.Value.ToString())));
            }

            if (failure.TryGetProperty("children", out var children))
            {
                Collect(children, problems);
            }
        }
    }

    private static void ThrowIfUnanswered(HttpResponseMessage response)
    {
        if (response.StatusCode == HttpStatusCode.Forbidden)
        {
            throw new ForbiddenException();
        }

        if ((int)response.StatusCode >= 500 || response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            throw new ApiAwayException($"The Api answered {(int)response.StatusCode}.");
        }
    }

    private static async Task<T> ReadBodyAsync<T>(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, ct)
                ?? throw new ApiAwayException("The Api's answer was empty.");
        }
        catch (JsonException exception)
        {
            throw new ApiAwayException("The Api's answer could not be read.", exception);
        }
    }
}

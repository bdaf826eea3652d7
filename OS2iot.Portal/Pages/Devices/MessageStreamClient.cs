using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OS2iot.Portal.Api;

namespace OS2iot.Portal.Pages.Devices;

/// <summary>A device's messages as they arrive and change.</summary>
internal sealed class MessageStreamClient(HttpClient http)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Ends when the Api ends it. The newest messages come first, also those that the page has already.</summary>
    /// <exception cref="MissingException">There is no such device for this user.</exception>
    public async Task<HttpResponseMessage> OpenAsync(int deviceId, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"iot-device/{deviceId}/messages/stream");

        // Whoever says where it was gets the newest messages again, so nothing falls between the page and its stream.
        request.Headers.Add("Last-Event-ID", "page");
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(AnswerTimeout);
        try
        {
            var response = await http.TryAsync(request, timeout.Token, HttpCompletionOption.ResponseHeadersRead);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            var isAway = (int)response.StatusCode is >= 500 or StatusCodes.Status429TooManyRequests;
            response.Dispose();
            throw isAway ? new ApiAwayException("The Api has no stream now.") : new MissingException();
        }
        catch (OperationCanceledException exception) when (!ct.IsCancellationRequested)
        {
            throw new ApiAwayException("The Api did not answer in time.", exception);
        }
    }

    public static async IAsyncEnumerable<Message> ReadAsync(HttpResponseMessage response, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(ct))
        {
            if (item.EventType == "message" && JsonSerializer.Deserialize<Message>(item.Data, JsonSerializerOptions.Web) is { } message)
            {
                yield return message;
            }
        }
    }
}

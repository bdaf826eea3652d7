using System.Net.Http.Headers;

namespace OS2iot.Core.DataTargets.HttpPush;

/// <summary>Posts the payload as JSON. Connection failures are thrown; the delivery stage retries those.</summary>
internal sealed class HttpPushSender(IHttpClientFactory clients) : IDataTargetSender<HttpPushSettings>
{
    public async Task<DeliveryResult> SendAsync(DeliveryMessage message, HttpPushSettings settings, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Url) { Content = new ReadOnlyMemoryContent(message.Payload) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", message.MessageId.ToString());
        using var client = clients.CreateClient(nameof(HttpPushSender));
        using var response = await client.SendAsync(request, ct);
        return response.IsSuccessStatusCode
            ? DeliveryResult.Delivered
            : new DeliveryResult(DeliveryOutcome.RetryLater, (int)response.StatusCode, $"The target answered {(int)response.StatusCode}.");
    }
}

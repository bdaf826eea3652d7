using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using OS2iot.Core.DataTargets.Egress;

namespace OS2iot.Core.DataTargets;

/// <summary>One request to a receiver that speaks HTTP, bounded in time and size, and what its answer means for a delivery.</summary>
internal sealed class HttpExchange(IHttpClientFactory clients, TimeProvider clock)
{
    private const int MaxErrorBytes = 2048;

    private const int MaxErrorCharacters = 500;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ReasonPatience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    /// <summary>A user's time-out, which may ask for less than what we give a receiver at most.</summary>
    public static TimeSpan Patience(int timeoutMs) =>
        timeoutMs <= 0 ? Longest : TimeSpan.FromMilliseconds(Math.Min(timeoutMs, Longest.TotalMilliseconds));

    public static bool IsHeaderValue(string? value) => value is null || !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>Never throws for what the receiver does, only when <paramref name="ct"/> ends it.</summary>
    /// <param name="sender">Whose guarded client to use.</param>
    /// <param name="request">Disposed here.</param>
    /// <param name="terms">How long, who, and what to keep out of texts.</param>
    /// <param name="read">Reads an answer of 2xx that says more than its status; null where none does.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<DeliveryResult> SendAsync(
        string sender,
        HttpRequestMessage request,
        HttpTerms terms,
        Func<HttpResponseMessage, CancellationToken, Task<DeliveryResult>>? read,
        CancellationToken ct)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct);
        both.CancelAfter(terms.Patience);
        try
        {
            using (request)
            using (var own = terms.Client is null ? clients.CreateClient(sender) : null)
            using (var response = await (terms.Client ?? own!).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token))
            {
                return !response.IsSuccessStatusCode ? await FailureAsync(response, terms, both.Token)
                    : read is not null ? await read(response, both.Token)
                    : DeliveryResult.Delivered with { StatusCode = (int)response.StatusCode };
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new DeliveryResult(DeliveryOutcome.RetryLater, Error: $"{terms.Receiver} did not answer within {terms.Patience.TotalSeconds:0.#} s.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or SocketException)
        {
            // A bare SocketException: .NET asks a new connection for its far end, which a receiver that resets it may have taken away.
            return exception.ToResult(terms.Receiver);
        }
    }

    /// <summary>So much of a body and no more; what is longer is cut off.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, int maxBytes, CancellationToken ct)
    {
        var bytes = new byte[maxBytes];
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        return bytes.AsMemory(0, await body.ReadAtLeastAsync(bytes, maxBytes, throwOnEndOfStream: false, ct));
    }

    private async Task<DeliveryResult> FailureAsync(HttpResponseMessage response, HttpTerms terms, CancellationToken ct)
    {
        var status = (int)response.StatusCode;
        var (outcome, error) = status switch
        {
            >= 300 and < 400 => (
                DeliveryOutcome.Refused,
                $"{terms.Receiver} redirects to another address ({status}); redirects are not followed, so enter that address."),
            410 => (DeliveryOutcome.Gone, $"{terms.Receiver} says that it is gone for good (410)."),
            408 or 425 or 429 or >= 500 => (DeliveryOutcome.RetryLater, $"{terms.Receiver} answered {status}."),
            _ => (DeliveryOutcome.Refused, $"{terms.Receiver} answered {status}."),
        };
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(ct);
        soon.CancelAfter(ReasonPatience);
        var reason = status is >= 300 and < 400 ? "" : await ReasonAsync(response, terms, soon.Token);
        return new DeliveryResult(outcome, status, reason.Length == 0 ? error : $"{error} It said: {reason}", NotBefore(response.Headers.RetryAfter));
    }

    /// <summary>The beginning of what the receiver said, in one line; nothing if that holds a secret of ours or does not come.</summary>
    private static async Task<string> ReasonAsync(HttpResponseMessage response, HttpTerms terms, CancellationToken ct)
    {
        if (!IsText(response.Content.Headers.ContentType?.MediaType))
        {
            return "";
        }

        try
        {
            var bytes = await ReadAsync(response, MaxErrorBytes, ct);
            return terms.Tidy(Encoding.UTF8.GetString(bytes.Span), MaxErrorCharacters);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return "";
        }
        catch (OperationCanceledException)
        {
            // The status is known, and says enough.
            return "";
        }
    }

    private static bool IsText(string? type) => type is not null
        && (type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || type.EndsWith("json", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("xml", StringComparison.OrdinalIgnoreCase));

    private DateTimeOffset? NotBefore(RetryConditionHeaderValue? retryAfter)
    {
        var now = clock.GetUtcNow();
        var asked = retryAfter switch
        {
            { Delta: { } delta } => delta < LongestRetryAfter ? now + delta : now + LongestRetryAfter,
            { Date: { } date } => date,
            _ => (DateTimeOffset?)null,
        };
        return asked > now + LongestRetryAfter ? now + LongestRetryAfter : asked;
    }
}

/// <param name="Patience">For the whole exchange.</param>
/// <param name="Receiver">Who it is in texts, such as "The target".</param>
/// <param name="Secrets">What no text may hold.</param>
internal sealed record HttpTerms(TimeSpan Patience, string Receiver, params string?[] Secrets)
{
    private const int ShortestSecret = 6;

    /// <summary>A client with an identity of its own; null for the sender's usual one.</summary>
    public HttpClient? Client { get; init; }

    /// <summary>A receiver's words in one line of bounded length; empty if they hold a secret.</summary>
    public string Tidy(string text, int maxLength)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var isSafe = Secrets.OfType<string>().SelectMany(s => s.Split(' '))
            .All(part => part.Length < ShortestSecret || !line.Contains(part, StringComparison.Ordinal));
        return !isSafe ? "" : new string([.. line.Where(c => !char.IsControl(c)).Take(maxLength)]);
    }
}

using System.Net.Sockets;
using System.Security.Authentication;

namespace OS2iot.Core.DataTargets.Egress;

/// <summary>Why there is no connection, in words for the user. Only our own words: an exception's may hold the address with its secrets.</summary>
internal static class ConnectionFailure
{
    /// <param name="exception">What was thrown on the way to the receiver.</param>
    /// <param name="receiver">Who that is, such as "The target".</param>
    public static DeliveryResult ToResult(this Exception exception, string receiver)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case EgressRefusedException refused:
                    return new DeliveryResult(DeliveryOutcome.Refused, Error: refused.Message);
                case AuthenticationException:
                    return Later($"{receiver}'s certificate is not valid for its address.");
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return Later($"{receiver}'s name is not known.");
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return Later($"{receiver} refused the connection.");
                default:
                    break;
            }
        }

        return Later($"The connection to {char.ToLowerInvariant(receiver[0])}{receiver[1..]} failed or was closed before it answered.");
    }

    private static DeliveryResult Later(string error) => new(DeliveryOutcome.RetryLater, Error: error);
}

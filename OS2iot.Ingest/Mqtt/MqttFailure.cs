using System.Net.Sockets;
using System.Security.Authentication;
using MQTTnet;
using OS2iot.Core.DataTargets.Egress;

namespace OS2iot.Ingest.Mqtt;

/// <summary>Why there is no connection, in words for people. Only our own words: an exception's may hold an address with its secrets.</summary>
internal sealed record MqttFailure(MqttFailureKind Kind, string Reason)
{
    public static MqttFailure Of(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case EgressRefusedException refused:
                    return new(MqttFailureKind.Final, refused.Message);
                case MqttSettingsException settings:
                    return new(MqttFailureKind.Final, settings.Message);
                case MqttPacketTooLargeException:
                    return new(MqttFailureKind.TooLarge, "The broker sent a message that is too large.");
                case AuthenticationException:
                    return new(MqttFailureKind.Final, "The broker's certificate is not valid for its address, or it does not accept ours.");
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData }:
                    return new(MqttFailureKind.UnknownHost, "The broker's name is not known.");
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return new(MqttFailureKind.Passing, "The broker refused the connection.");
                case OperationCanceledException or TimeoutException:
                    return new(MqttFailureKind.Passing, "The broker did not answer in time.");
                default:
                    break;
            }
        }

        return new(MqttFailureKind.Passing, "The connection to the broker failed or was closed.");
    }

    public static MqttFailure Of(MqttClientConnectResultCode code) => code switch
    {
        MqttClientConnectResultCode.BadUserNameOrPassword or MqttClientConnectResultCode.NotAuthorized
            or MqttClientConnectResultCode.BadAuthenticationMethod or MqttClientConnectResultCode.Banned
            or (MqttClientConnectResultCode)4 or (MqttClientConnectResultCode)5 =>
            new(MqttFailureKind.Final, "The broker refused the user name, the password or the certificate."),
        MqttClientConnectResultCode.ClientIdentifierNotValid or (MqttClientConnectResultCode)2 =>
            new(MqttFailureKind.Final, "The broker does not accept our client id."),
        _ => new(MqttFailureKind.Passing, $"The broker refused the connection ({code})."),
    };

    public static MqttFailure Of(MqttClientSubscribeResultCode code) => code switch
    {
        MqttClientSubscribeResultCode.UnspecifiedError or MqttClientSubscribeResultCode.NotAuthorized =>
            new(MqttFailureKind.Final, "The broker does not let us subscribe to the topic."),
        MqttClientSubscribeResultCode.TopicFilterInvalid or MqttClientSubscribeResultCode.SharedSubscriptionsNotSupported
            or MqttClientSubscribeResultCode.WildcardSubscriptionsNotSupported =>
            new(MqttFailureKind.Final, "The broker does not take the topic."),
        _ => new(MqttFailureKind.Passing, $"The broker did not take the subscription ({code})."),
    };

    public static MqttFailure Of(MqttClientDisconnectReason reason, Exception? exception) => (reason, exception) switch
    {
        (MqttClientDisconnectReason.SessionTakenOver, _) => new(MqttFailureKind.TakenOver, "Another client with our id connected."),
        (_, not null) => Of(exception),
        _ => new(MqttFailureKind.Passing, "The broker closed the connection."),
    };
}

internal enum MqttFailureKind
{
    /// <summary>Worth another try.</summary>
    Passing,

    /// <summary>Trying again changes nothing.</summary>
    Final,

    /// <summary>A name may come back; not for ever.</summary>
    UnknownHost,

    /// <summary>The same session was opened by somebody else.</summary>
    TakenOver,

    /// <summary>What the broker keeps for us holds a packet that we don't take.</summary>
    TooLarge,
}

/// <summary>Settings that nothing can be done with. The message is for the user.</summary>
internal sealed class MqttSettingsException(string message) : Exception(message);

internal sealed class MqttPacketTooLargeException() : IOException("The packet is too large.");

internal sealed class MqttConnectException(MqttFailure failure) : Exception(failure.Reason)
{
    public MqttFailure Failure => failure;
}

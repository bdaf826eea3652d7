using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Microsoft.Extensions.Options;

namespace OS2iot.Core.ChirpStack;

/// <summary>What all calls have in common: the key, the deadline, when they are tried again, and errors in words.</summary>
internal sealed class ChirpStackCalls : IDisposable
{
    /// <summary>The longest answer that is read; a page of devices is far below.</summary>
    private const int MaxAnswer = 8 * 1024 * 1024;

    private const int MaxWords = 500;

    private const int Attempts = 3;

    private readonly ChirpStackOptions _options;
    private readonly ChirpStackKey _key;
    private readonly TimeProvider _clock;
    private readonly GrpcChannel? _channel;

    public ChirpStackCalls(IOptions<ChirpStackOptions> options, ChirpStackKey key, TimeProvider clock)
    {
        (_options, _key, _clock) = (options.Value, key, clock);
        _channel = _options.Address is { } address ? Open(address) : null;
    }

    public bool IsConfigured => _channel is not null;

    /// <exception cref="ChirpStackException">Nobody said where ChirpStack is.</exception>
    public CallInvoker Invoker => _channel?.CreateCallInvoker()
        ?? throw new ChirpStackException(ChirpStackFailure.Unavailable, "This installation has no ChirpStack. Set ChirpStack:Address.");

    /// <summary>One call.</summary>
    /// <exception cref="ChirpStackException">It did not succeed.</exception>
    public async Task<TResponse> CallAsync<TResponse>(Func<CallOptions, AsyncUnaryCall<TResponse>> call, CancellationToken ct)
    {
        var headers = new Metadata { { "authorization", "Bearer " + _key.Read() } };
        try
        {
            using var started = call(new CallOptions(headers, _clock.GetUtcNow().UtcDateTime + _options.CallTimeout, ct));
            return await started.ResponseAsync;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Cancelled && ct.IsCancellationRequested)
        {
            throw new OperationCanceledException(exception.Message, exception, ct);
        }
        catch (RpcException exception)
        {
            throw FailureOf(exception.Status);
        }
    }

    public void Dispose() => _channel?.Dispose();

    private static GrpcChannel Open(Uri address) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        MaxReceiveMessageSize = MaxAnswer,
        HttpHandler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // the key goes nowhere else
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),

            // A connection that died without a word is noticed before the next call needs it.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        },
        DisposeHttpClient = true,
        ServiceConfig = new ServiceConfig { MethodConfigs = { Repeated(), Once() } },
    });

    /// <summary>Only a call that did not get through is made again: whoever was refused hears so at once.</summary>
    private static MethodConfig Repeated() => new()
    {
        Names = { MethodName.Default },
        RetryPolicy = new RetryPolicy
        {
            MaxAttempts = Attempts,
            InitialBackoff = TimeSpan.FromMilliseconds(100),
            MaxBackoff = TimeSpan.FromSeconds(1),
            BackoffMultiplier = 3,
            RetryableStatusCodes = { StatusCode.Unavailable },
        },
    };

    /// <summary>An answer may get lost after the work was done, and a device is not to hear the same thing twice.</summary>
    private static MethodConfig Once() => new()
    {
        Names =
        {
            new MethodName { Service = "api.DeviceService", Method = "Enqueue" },
            new MethodName { Service = "api.MulticastGroupService", Method = "Enqueue" },
        },
    };

    private static ChirpStackException FailureOf(Status status)
    {
        var words = status.Detail.Length > MaxWords ? status.Detail[..MaxWords] : status.Detail;
        return status.StatusCode switch
        {
            StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange or StatusCode.ResourceExhausted
                or StatusCode.Aborted => Said(ChirpStackFailure.Refused, "ChirpStack refused it", words),
            StatusCode.AlreadyExists => Said(ChirpStackFailure.AlreadyExists, "ChirpStack has it already", words),
            StatusCode.NotFound => Said(ChirpStackFailure.NotFound, "ChirpStack has no such thing", words),
            StatusCode.Unauthenticated or StatusCode.PermissionDenied =>
                Said(ChirpStackFailure.BadKey, "ChirpStack does not let our API key do that", words),
            StatusCode.Unimplemented => Said(ChirpStackFailure.Unsupported, "This version of ChirpStack can't do that", words),
            StatusCode.DeadlineExceeded => new(ChirpStackFailure.Unavailable, "ChirpStack did not answer in time. Try again later."),

            // What stands in the words then is about the connection, in the words of this machine.
            StatusCode.Unavailable => new(ChirpStackFailure.Unavailable, "ChirpStack can't be reached. Try again later."),
            _ => Said(ChirpStackFailure.Unavailable, "ChirpStack can't do that now", words),
        };
    }

    private static ChirpStackException Said(ChirpStackFailure failure, string ours, string words) =>
        new(failure, words.Length == 0 ? ours + "." : $"{ours}: {words}") { Words = words };
}

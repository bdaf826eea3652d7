using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace OS2iot.Simulator.ChirpStack;

/// <summary>What all calls pass: faults, the key, one at a time.</summary>
internal sealed class ChirpStackDoor(ChirpStackNetwork network) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        if (network.Count(context.Method) is { } fault)
        {
            await Task.Delay(fault.DelayMs, context.CancellationToken);
            if (fault.Code is { } code)
            {
                throw new RpcException(new Status(code, fault.Words));
            }
        }

        if (!IsKnown(context.RequestHeaders.GetValue("authorization") ?? ""))
        {
            throw new RpcException(new Status(StatusCode.Unauthenticated, "invalid token"));
        }

        return await continuation(request, context);
    }

    private bool IsKnown(string header) => header.StartsWith("Bearer ", StringComparison.Ordinal) && header.Length > "Bearer ".Length
        && (network.ApiKey is not { Length: > 0 } key || CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(header["Bearer ".Length..]), Encoding.UTF8.GetBytes(key)));
}

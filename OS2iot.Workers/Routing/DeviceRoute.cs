using OS2iot.Core.DataTargets;
using OS2iot.Core.PayloadDecoders;

namespace OS2iot.Workers.Routing;

/// <summary>Where the messages of one device go, and by which decoders.</summary>
internal sealed class DeviceRoute
{
    public static readonly DeviceRoute Nowhere = new() { Decoders = [], Connections = [] };

    /// <summary>What decoders are told of the device: JSON without secrets. Null for a device that is gone.</summary>
    public DecoderDevice? Device { get; init; }

    /// <summary>Each decoder once, however many connections use it. Null stands for "as it came".</summary>
    public required IReadOnlyList<RoutedDecoder?> Decoders { get; init; }

    public required IReadOnlyList<RoutedConnection> Connections { get; init; }
}

/// <summary>A decoder at one version of its script.</summary>
internal sealed record RoutedDecoder(int Id, int Version, DecoderScript Script);

/// <summary>A target that wants the result of one decoder; no decoder means the payload as it came.</summary>
internal sealed record RoutedConnection(int ConnectionId, int? PayloadDecoderId, RoutedTarget Target);

/// <summary>A target with its settings in the clear; or, where they can't be used, the problem that each delivery then meets.</summary>
internal sealed record RoutedTarget(int Id, DataTargetType? Type, object? Settings, string? Problem = null)
{
    /// <summary>Nothing is sent to it for now: paused by a person, or switched off. Its messages wait in the table.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Tries at once; null for the usual number.</summary>
    public int? MaxConcurrency { get; init; }
}

/// <summary>The device as decoders see it.</summary>
internal sealed record DecoderDevice(byte[] Json);

using System.Text.Json;
using OS2iot.Api.Http;
using OS2iot.Core.Sigfox;

namespace OS2iot.Api.Sigfox;

/// <summary>Work at Sigfox that takes its time, and how far it is.</summary>
internal sealed class SigfoxJobResponse(SigfoxJob job) : EntityResponse(job)
{
    /// <summary>register, restartDevices, restartDeviceType or transfer.</summary>
    public string Kind { get; } = JsonNamingPolicy.CamelCase.ConvertName(job.Kind.ToString());

    /// <summary>Of our group, not Sigfox's.</summary>
    public int GroupId { get; } = job.SigfoxGroupId;

    /// <summary>At Sigfox; of a restart of a whole device type, and of a transfer.</summary>
    public string? DeviceTypeId { get; } = job.DeviceTypeId;

    /// <summary>waiting, running, done (each device has its result) or failed (it ended early).</summary>
    public string State { get; } = JsonNamingPolicy.CamelCase.ConvertName(job.State.ToString());

    /// <summary>Devices; 0 while only Sigfox knows.</summary>
    public int Total { get; } = job.Total;

    public int Succeeded { get; } = job.Succeeded;

    public int Failed { get; } = job.Failed;

    /// <summary>Why it waits, or why it ended early.</summary>
    public string? Message { get; } = job.Message;

    /// <summary>While it waits: when it goes on.</summary>
    public DateTimeOffset? NextAttemptAt { get; } = job.NextAttemptAt;

    public DateTimeOffset? FinishedAt { get; } = job.FinishedAt;

    public int? CreatedBy { get; } = job.CreatedById;
}

/// <summary>What became of one device in a job.</summary>
/// <param name="DeviceId">Ours; null when it is not here, or not any more.</param>
/// <param name="Name">Ours.</param>
/// <param name="SigfoxId">At Sigfox.</param>
/// <param name="State">waiting, asked, done or failed.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record SigfoxJobDeviceResponse(int? DeviceId, string? Name, string SigfoxId, string State, string? Error);

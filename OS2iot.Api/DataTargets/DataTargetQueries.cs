using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.DataTargets;

namespace OS2iot.Api.DataTargets;

internal static class DataTargetQueries
{
    /// <summary>Why a caller did not get a target: it is not there, or not theirs to change.</summary>
    public static async Task<Refusal> MissingAsync(this IQueryable<DataTarget> targets, int id, CancellationToken ct) =>
        await targets.AnyAsync(t => t.Id == id, ct) ? Refusal.Forbidden() : Refusal.NotFound();

    public static async Task<Refusal> MissingAsync(this IQueryable<DataTargetConnection> connections, int id, CancellationToken ct) =>
        await connections.AnyAsync(c => c.Id == id, ct) ? Refusal.Forbidden() : NoSuchConnection(id);

    public static Refusal NoSuchConnection(int id) =>
        Refusal.NotFound($"Could not find IoTDevicePayloadDecoderDataTargetConnection by id: {id}");
}

using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;
using OS2iot.Core.PayloadDecoders;

namespace OS2iot.Api.PayloadDecoders;

internal static class DecoderQueries
{
    /// <summary>Why a caller did not get a decoder: it is not there, or not theirs to change.</summary>
    public static async Task<Refusal> MissingAsync(this IQueryable<PayloadDecoder> decoders, int id, CancellationToken ct) =>
        await decoders.AnyAsync(d => d.Id == id, ct) ? Refusal.Forbidden() : Refusal.NotFound();
}

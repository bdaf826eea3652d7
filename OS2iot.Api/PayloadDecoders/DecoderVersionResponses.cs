using OS2iot.Core.PayloadDecoders;

namespace OS2iot.Api.PayloadDecoders;

/// <summary>A version of a decoder's script, without the script.</summary>
internal record DecoderVersionRow(int PayloadDecoderId, int Version, string Name, DateTimeOffset CreatedAt, int? CreatedBy);

internal sealed record DecoderVersionDetails(
    int PayloadDecoderId, int Version, string Name, DateTimeOffset CreatedAt, int? CreatedBy, string DecodingFunction)
    : DecoderVersionRow(PayloadDecoderId, Version, Name, CreatedAt, CreatedBy);

internal static class DecoderVersionQueries
{
    public static IQueryable<PayloadDecoderVersion> Of(this IQueryable<PayloadDecoderVersion> versions, IQueryable<PayloadDecoder> decoders, int id) =>
        versions.Where(v => v.PayloadDecoderId == id && decoders.Any(d => d.Id == v.PayloadDecoderId));
}

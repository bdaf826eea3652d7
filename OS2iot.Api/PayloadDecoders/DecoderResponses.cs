using OS2iot.Api.Http;
using OS2iot.Api.Organizations;
using OS2iot.Core.Organizations;
using OS2iot.Core.PayloadDecoders;

namespace OS2iot.Api.PayloadDecoders;

internal class DecoderCore(PayloadDecoder decoder) : EntityResponse(decoder)
{
    public string Name { get; } = decoder.Name;

    /// <summary>Plain JavaScript, though requests carry it as JSON in a text.</summary>
    public string DecodingFunction { get; } = decoder.DecodingFunction;

    public static DecoderCore? From(PayloadDecoder? decoder) => decoder is null ? null : new DecoderCore(decoder);
}

internal class DecoderWithOrganization(PayloadDecoder decoder, Organization? organization) : DecoderCore(decoder)
{
    public OrganizationCore? Organization { get; } = OrganizationCore.From(organization);
}

internal sealed class DecoderDetails(PayloadDecoder decoder, Organization? organization) : DecoderWithOrganization(decoder, organization)
{
    public int? CreatedBy { get; } = decoder.CreatedById;

    public int? UpdatedBy { get; } = decoder.UpdatedById;
}

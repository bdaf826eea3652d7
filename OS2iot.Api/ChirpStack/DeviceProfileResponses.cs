using System.Text.Json.Serialization;
using OS2iot.Core.ChirpStack;

namespace OS2iot.Api.ChirpStack;

/// <summary>One page of the profiles.</summary>
/// <param name="TotalCount">How many there are in all, as text.</param>
/// <param name="Result">The page.</param>
internal sealed record DeviceProfileListResponse(string TotalCount, IReadOnlyList<DeviceProfileListItem> Result);

internal sealed record DeviceProfileListItem(
    Guid Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int InternalOrganizationId, int? CreatedBy, int? UpdatedBy);

internal sealed record DeviceProfileResponse(
    DeviceProfileDetails DeviceProfile, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int InternalOrganizationId)
{
    public static DeviceProfileResponse From(DeviceProfile profile) =>
        new(new DeviceProfileDetails(profile), profile.CreatedAt, profile.UpdatedAt, profile.OrganizationId);
}

/// <summary>A profile. Numbers that nobody set are 0, as the network sends them.</summary>
internal sealed class DeviceProfileDetails(DeviceProfile profile)
{
    public string Name { get; } = profile.Name;

    public Guid Id { get; } = profile.Id;

    [JsonPropertyName("adrAlgorithmID")]
    public string AdrAlgorithmId { get; } = profile.AdrAlgorithmId;

    public int MacVersion { get; } = profile.MacVersion;

    public int RegParamsRevision { get; } = profile.RegParamsRevision;

    public int ClassBTimeout { get; } = profile.ClassBTimeout ?? 0;

    public int ClassCTimeout { get; } = profile.ClassCTimeout ?? 0;

    [JsonPropertyName("pingSlotDR")]
    public int PingSlotDr { get; } = profile.PingSlotDr ?? 0;

    public int PingSlotFreq { get; } = profile.PingSlotFreq ?? 0;

    public int PingSlotPeriod { get; } = profile.PingSlotPeriod ?? 0;

    public string RfRegion { get; } = profile.Region;

    [JsonPropertyName("rxDROffset1")]
    public int RxDrOffset1 { get; } = profile.RxDrOffset1 ?? 0;

    public int RxDataRate2 { get; } = profile.RxDataRate2 ?? 0;

    public int RxDelay1 { get; } = profile.RxDelay1 ?? 0;

    public int RxFreq2 { get; } = profile.RxFreq2 ?? 0;

    public bool SupportsClassB { get; } = profile.SupportsClassB;

    public bool SupportsClassC { get; } = profile.SupportsClassC;

    public bool SupportsJoin { get; } = profile.SupportsJoin;

    /// <summary>Pairs of name and text.</summary>
    public IReadOnlyList<string[]> TagsMap { get; } = [.. NetworkTags.Read(profile.Tags).Select(t => new[] { t.Key, t.Value })];

    public int DevStatusReqFreq { get; } = profile.DevStatusReqFreq;

    public int InternalOrganizationId { get; } = profile.OrganizationId;

    public int? CreatedBy { get; } = profile.CreatedById;

    public int? UpdatedBy { get; } = profile.UpdatedById;
}

internal sealed record DeviceProfileCreatedResponse(Guid Id);

internal sealed record AdrAlgorithmsResponse(IReadOnlyList<AdrAlgorithm> AdrAlgorithms);

internal sealed record AdrAlgorithm(string Id, string Name);

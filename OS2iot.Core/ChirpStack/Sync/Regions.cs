using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Core.ChirpStack.Sync;

/// <summary>Regions by the names that LoRaWAN has for them, such as EU868.</summary>
internal static class Regions
{
    private static readonly Dictionary<string, Region> Names = CommonReflection.Descriptor.EnumTypes
        .Single(e => e.Name == nameof(Region)).Values.ToDictionary(v => v.Name, v => (Region)v.Number, StringComparer.OrdinalIgnoreCase);

    /// <exception cref="ChirpStackException">There is no such region.</exception>
    public static Region Of(string name) => Names.TryGetValue(name, out var region)
        ? region
        : throw new ChirpStackException(ChirpStackFailure.Refused, $"ChirpStack knows no region {name}.");
}

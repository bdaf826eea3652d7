using System.Text.Json.Serialization;
using OS2iot.Core.Database;

namespace OS2iot.Api.Http;

/// <summary>What every row shows of itself.</summary>
internal abstract class EntityResponse(Entity entity)
{
    [JsonPropertyOrder(-3)]
    public int Id { get; } = entity.Id;

    [JsonPropertyOrder(-2)]
    public DateTimeOffset CreatedAt { get; } = entity.CreatedAt;

    [JsonPropertyOrder(-1)]
    public DateTimeOffset UpdatedAt { get; } = entity.UpdatedAt;
}

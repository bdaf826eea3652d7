using OS2iot.Core.Database;

namespace OS2iot.Api.Http;

/// <summary>What every row shows of itself.</summary>
internal abstract class EntityResponse(Entity entity)
{
    public int Id { get; } = entity.Id;

    public DateTimeOffset CreatedAt { get; } = entity.CreatedAt;

    public DateTimeOffset UpdatedAt { get; } = entity.UpdatedAt;
}

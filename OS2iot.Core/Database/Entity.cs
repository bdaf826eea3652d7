namespace OS2iot.Core.Database;

/// <summary>What every row that a person creates has: a numeric id, and who wrote it when. Stamped by <see cref="AppDbContext"/>.</summary>
public abstract class Entity
{
    public int Id { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>A user's id; null for what the product made by itself.</summary>
    public int? CreatedById { get; set; }

    public int? UpdatedById { get; set; }
}

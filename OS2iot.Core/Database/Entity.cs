namespace OS2iot.Core.Database;

/// <summary>What every row that a person creates has: who wrote it when. Stamped by <see cref="AppDbContext"/>.</summary>
public abstract class Stamped
{
    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>A user's id; null for what the product made by itself.</summary>
    public int? CreatedById { get; set; }

    public int? UpdatedById { get; set; }
}

/// <summary>A row with the numeric id that the wire shows.</summary>
public abstract class Entity : Stamped
{
    public int Id { get; set; }
}

namespace OS2iot.Core.Audit;

/// <summary>
/// A line for the audit log. Who and where from is added when it is written, and so is the organization: that of
/// <see cref="OwnerType"/> and <see cref="OwnerId"/>, which are the thing itself unless something else is said; a type that several
/// entities have is no owner.
/// </summary>
public sealed record AuditRecord
{
    private readonly string? _ownerType;
    private readonly string? _ownerId;

    /// <summary>One of <see cref="AuditActions"/>.</summary>
    public required string Action { get; init; }

    /// <summary>One of <see cref="AuditTypes"/>.</summary>
    public required string Type { get; init; }

    public string? EntityId { get; init; }

    public string? Name { get; init; }

    /// <summary>JSON without secrets.</summary>
    public string? Before { get; init; }

    /// <summary>JSON without secrets.</summary>
    public string? After { get; init; }

    /// <summary>Why it was refused; null when it succeeded.</summary>
    public string? Refused { get; init; }

    public string? OwnerType
    {
        get => _ownerType ?? Type;
        init => _ownerType = value;
    }

    /// <summary>A key of the owner's table, as text; empty where there is none.</summary>
    public string? OwnerId
    {
        get => _ownerId ?? EntityId;
        init => _ownerId = value;
    }

    /// <summary>To whom it belonged before, when it moved: the log tells both.</summary>
    internal string? FormerOwnerType { get; init; }

    internal string? FormerOwnerId { get; init; }
}

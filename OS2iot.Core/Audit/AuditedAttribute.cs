namespace OS2iot.Core.Audit;

/// <summary>
/// Changes of the entity are told in the audit log, with every member whose kind is plain. A member whose name ends in Hash,
/// Ciphertext, Key, Password or Secret shows only that there is one.
/// </summary>
/// <param name="type">What the log calls it, one of <see cref="AuditTypes"/>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AuditedAttribute(string type) : Attribute
{
    public string Type { get; } = type;

    /// <summary>
    /// The way to the organization whose administrators may read it: a foreign key, or a list of which all must lead to the same
    /// organization. Null for what belongs to none.
    /// </summary>
    public string? Owner { get; init; }

    /// <summary>The member by which people know it.</summary>
    public string Name { get; init; } = "Name";
}

/// <summary>The entity is part of the one that it points to: it is told of there, as one member or as one of a list.</summary>
/// <param name="root">Whose part it is.</param>
/// <param name="member">The member's name in the log.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class AuditedInAttribute(Type root, string member) : Attribute
{
    public Type Root { get; } = root;

    public string Member { get; } = member;

    /// <summary>The one property that says it all; without it the log has an object with all of them.</summary>
    public string? Value { get; init; }
}

/// <summary>A list of other entities, of which the log shows the ids that came and went. Stands at one end of a relation.</summary>
/// <param name="member">The member's name in the log.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AuditedIdsAttribute(string member) : Attribute
{
    public string Member { get; } = member;
}

/// <summary>A member whose kind is not plain and that is told all the same: bytes, as hex digits.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AuditedBytesAttribute : Attribute;

/// <summary>A member that holds a JSON object, some of whose members are secret.</summary>
[AttributeUsage(AttributeTargets.Property)]
public abstract class AuditedJsonAttribute : Attribute
{
    /// <summary>Whether nobody may read a member of the JSON.</summary>
    public abstract bool IsSecret(object entity, string member);
}

/// <summary>Nobody does this, or somebody else tells it: what the pipeline writes about messages, networks and connections.</summary>
/// <param name="reason">Why it is not in the log.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Property)]
public sealed class NotAuditedAttribute(string reason) : Attribute
{
    public string Reason { get; } = reason;
}

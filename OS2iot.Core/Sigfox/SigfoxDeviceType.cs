using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;

namespace OS2iot.Core.Sigfox;

/// <summary>
/// A device type at Sigfox of which we have devices: the secrets that guard its callbacks, how those stand at Sigfox, and up to when we
/// know what Sigfox could not deliver.
/// </summary>
[NotAudited("The product's own note.")]
public sealed class SigfoxDeviceType
{
    public int Id { get; set; }

    /// <summary>At Sigfox: 24 lower-case hex digits; unique in the installation.</summary>
    public required string SigfoxId { get; set; }

    /// <summary>By whose login Sigfox is asked.</summary>
    public int SigfoxGroupId { get; set; }

    public SigfoxGroup? SigfoxGroup { get; set; }

    /// <summary>Shown in the callbacks' address.</summary>
    public required string SecretCiphertext { get; set; }

    /// <summary>By <see cref="Secrets.LookupHash"/>.</summary>
    public required byte[] SecretHash { get; set; }

    /// <summary>Shown in a header, where the operator wants that.</summary>
    public required string HeaderSecretCiphertext { get; set; }

    public required byte[] HeaderSecretHash { get; set; }

    /// <summary>
    /// From when a callback must show the secret: a while after Sigfox took it over, as it repeats what it could not deliver to the address
    /// of before. Null while Sigfox does not know it.
    /// </summary>
    public DateTimeOffset? GuardedFrom { get; set; }

    /// <summary>The same for the header.</summary>
    public DateTimeOffset? HeaderGuardedFrom { get; set; }

    /// <summary>When the callbacks were last looked at.</summary>
    public DateTimeOffset? CallbacksCheckedAt { get; set; }

    /// <summary>When a message can be told to reach us: our callback for messages was there and as it should be.</summary>
    public DateTimeOffset? CallbacksGoodAt { get; set; }

    /// <summary>Why they could not be looked at or repaired, for people.</summary>
    public string? CallbacksError { get; set; }

    /// <summary>When Sigfox would not have one of them.</summary>
    public DateTimeOffset? CallbacksRefusedAt { get; set; }

    /// <summary>JSON: each of ours as <see cref="SigfoxCallbackState"/>.</summary>
    public string? Callbacks { get; set; }

    /// <summary>What Sigfox could not deliver up to then is known.</summary>
    public DateTimeOffset? UndeliveredReadUntil { get; set; }

    /// <summary>When it was last asked.</summary>
    public DateTimeOffset? UndeliveredReadAt { get; set; }

    /// <summary>Why that failed, for people.</summary>
    public string? UndeliveredError { get; set; }

    /// <summary>Messages found that way.</summary>
    public long Recovered { get; set; }

    public DateTimeOffset? LastRecoveredAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <param name="Kind">As in <see cref="SigfoxCallbackKind"/>.</param>
/// <param name="Id">At Sigfox; null where it is missing there.</param>
/// <param name="State">good, repaired, refused or missing.</param>
/// <param name="Error">Why Sigfox won't have it, for people.</param>
public sealed record SigfoxCallbackState(string Kind, string? Id, string State, string? Error);

internal sealed class SigfoxDeviceTypeConfiguration : IEntityTypeConfiguration<SigfoxDeviceType>
{
    public void Configure(EntityTypeBuilder<SigfoxDeviceType> builder)
    {
        builder.ToTable("sigfox_device_types");
        builder.Property(t => t.Callbacks).HasColumnType("jsonb");
        builder.Property(t => t.CreatedAt).HasDefaultValueSql("now()");
        builder.Property(t => t.Recovered).HasDefaultValue(0L);
        builder.HasIndex(t => t.SigfoxId).IsUnique();
        builder.HasOne(t => t.SigfoxGroup).WithMany().OnDelete(DeleteBehavior.Cascade);
    }
}

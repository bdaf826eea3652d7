using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;

namespace OS2iot.Core.Sigfox;

/// <summary>A row of <see cref="SigfoxPauses"/>.</summary>
[NotAudited("The product's own note.")]
internal sealed class SigfoxPause
{
    /// <summary>Keyed hash of the login and of what it may not call.</summary>
    public required byte[] Login { get; set; }

    public DateTimeOffset Until { get; set; }
}

internal sealed class SigfoxPauseConfiguration : IEntityTypeConfiguration<SigfoxPause>
{
    public void Configure(EntityTypeBuilder<SigfoxPause> builder)
    {
        builder.ToTable("sigfox_pauses");
        builder.HasKey(p => p.Login);
    }
}

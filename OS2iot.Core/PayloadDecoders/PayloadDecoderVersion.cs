using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;

namespace OS2iot.Core.PayloadDecoders;

/// <summary>
/// A script that a decoder has, or had. Written by the database itself, in the transaction of each change of the script, so that
/// no way of changing one leaves it out.
/// </summary>
[NotAudited("The decoder's own lines tell of it.")]
public sealed class PayloadDecoderVersion
{
    public int PayloadDecoderId { get; set; }

    /// <summary>From 1.</summary>
    public int Version { get; set; }

    /// <summary>The decoder's name at that time.</summary>
    public required string Name { get; set; }

    /// <summary>JavaScript.</summary>
    public required string DecodingFunction { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>A user's id; null for what the product made by itself.</summary>
    public int? CreatedById { get; set; }
}

internal sealed class PayloadDecoderVersionConfiguration : IEntityTypeConfiguration<PayloadDecoderVersion>
{
    public void Configure(EntityTypeBuilder<PayloadDecoderVersion> builder)
    {
        builder.ToTable("payload_decoder_versions");
        builder.HasKey(v => new { v.PayloadDecoderId, v.Version });
        builder.HasOne<PayloadDecoder>().WithMany().HasForeignKey(v => v.PayloadDecoderId).OnDelete(DeleteBehavior.Cascade);
    }
}

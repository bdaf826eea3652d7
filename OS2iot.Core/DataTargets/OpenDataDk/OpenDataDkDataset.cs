using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;

namespace OS2iot.Core.DataTargets.OpenDataDk;

/// <summary>How a target's data is announced to the public, in the terms of DCAT.</summary>
[AuditedIn(typeof(DataTarget), "openDataDkDataset")]
public sealed class OpenDataDkDataset : Entity
{
    public required string Name { get; set; }

    public string Description { get; set; } = "";

    public List<string>? Keywords { get; set; }

    /// <summary>Address of the licence.</summary>
    public required string License { get; set; }

    public required string AuthorName { get; set; }

    public required string AuthorEmail { get; set; }

    public string ResourceTitle { get; set; } = "";

    /// <summary>A code of the EU's frequency list, such as HOURLY.</summary>
    public string? UpdateFrequency { get; set; }

    public string? DocumentationUrl { get; set; }

    /// <summary>Codes of the EU's data-theme list, such as ENVI.</summary>
    public List<string>? Themes { get; set; }

    /// <summary>Somebody answers for sharing data of an application that is marked as holding personal data.</summary>
    public bool PersonalDataConfirmed { get; set; }

    public int DataTargetId { get; set; }
}

internal sealed class OpenDataDkDatasetConfiguration : IEntityTypeConfiguration<OpenDataDkDataset>
{
    public void Configure(EntityTypeBuilder<OpenDataDkDataset> builder)
    {
        builder.ToTable("open_data_dk_datasets");
        builder.HasOne<DataTarget>().WithOne(t => t.OpenDataDkDataset).HasForeignKey<OpenDataDkDataset>(d => d.DataTargetId)
            .OnDelete(DeleteBehavior.Cascade);
    }
}

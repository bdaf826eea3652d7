using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.PayloadDecoders;

namespace OS2iot.Core.DataTargets;

/// <summary>Devices whose messages go to one target, by way of one decoder or as they came.</summary>
[Audited(AuditTypes.Connection, Owner = nameof(DataTargetId))]
public sealed class DataTargetConnection : Entity
{
    public int? PayloadDecoderId { get; set; }

    public PayloadDecoder? PayloadDecoder { get; set; }

    public int DataTargetId { get; set; }

    public DataTarget? DataTarget { get; set; }

    [AuditedIds("deviceIds")]
    public List<Device> Devices { get; } = [];
}

internal sealed class DataTargetConnectionConfiguration : IEntityTypeConfiguration<DataTargetConnection>
{
    public void Configure(EntityTypeBuilder<DataTargetConnection> builder)
    {
        builder.HasOne(c => c.DataTarget).WithMany(t => t.Connections).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne(c => c.PayloadDecoder).WithMany().OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(c => c.Devices).WithMany(d => d.Connections).UsingEntity(
            "data_target_connection_devices",
            device => device.HasOne(typeof(Device)).WithMany().HasForeignKey("DeviceId").OnDelete(DeleteBehavior.Cascade),
            connection => connection.HasOne(typeof(DataTargetConnection)).WithMany().HasForeignKey("ConnectionId")
                .OnDelete(DeleteBehavior.Cascade));
    }
}

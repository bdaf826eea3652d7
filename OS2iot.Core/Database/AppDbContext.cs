using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using OS2iot.Core.Applications;
using OS2iot.Core.Audit;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.DataTargets;
using OS2iot.Core.DataTargets.OpenDataDk;
using OS2iot.Core.Devices;
using OS2iot.Core.Downlinks;
using OS2iot.Core.Gateways;
using OS2iot.Core.GenericHttp;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.NetworkEvents;
using OS2iot.Core.Organizations;
using OS2iot.Core.PayloadDecoders;
using OS2iot.Core.Sigfox;
using OS2iot.Core.SignIn;
using OS2iot.Core.Sync;
using OS2iot.Core.Uplinks;

namespace OS2iot.Core.Database;

/// <summary>Everything people manage, and read access to what the pipeline writes. Each entity's mapping stands beside the entity.</summary>
public sealed class AppDbContext(DbContextOptions<AppDbContext> options, TimeProvider clock) : DbContext(options), IDataProtectionKeyContext
{
    /// <summary>Who changes things through this context; null for the product itself.</summary>
    public static int? ActingUserId => Actor.Current?.UserId;

    internal DateTimeOffset Now => clock.GetUtcNow();

    public DbSet<Organization> Organizations => Set<Organization>();

    public DbSet<User> Users => Set<User>();

    public DbSet<UserSession> UserSessions => Set<UserSession>();

    public DbSet<UsedToken> UsedTokens => Set<UsedToken>();

    public DbSet<LoginFailures> LoginFailures => Set<LoginFailures>();

    public DbSet<PasswordReset> PasswordResets => Set<PasswordReset>();

    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<Permission> Permissions => Set<Permission>();

    public DbSet<Application> Applications => Set<Application>();

    public DbSet<Device> Devices => Set<Device>();

    public DbSet<DeviceState> DeviceStates => Set<DeviceState>();

    public DbSet<GenericHttpDevice> GenericHttpDevices => Set<GenericHttpDevice>();

    public DbSet<LoRaWanDevice> LoRaWanDevices => Set<LoRaWanDevice>();

    public DbSet<LoRaWanState> LoRaWanStates => Set<LoRaWanState>();

    public DbSet<StoredNetworkEvent> NetworkEvents => Set<StoredNetworkEvent>();

    public DbSet<Reception> Receptions => Set<Reception>();

    public DbSet<SigfoxDevice> SigfoxDevices => Set<SigfoxDevice>();

    public DbSet<DeviceAuthority> DeviceAuthorities => Set<DeviceAuthority>();

    public DbSet<IssuedCertificate> IssuedCertificates => Set<IssuedCertificate>();

    public DbSet<DeviceModel> DeviceModels => Set<DeviceModel>();

    public DbSet<DeviceProfile> DeviceProfiles => Set<DeviceProfile>();

    public DbSet<MulticastGroup> MulticastGroups => Set<MulticastGroup>();

    public DbSet<MulticastDownlink> MulticastDownlinks => Set<MulticastDownlink>();

    public DbSet<DownlinkQueueItem> Downlinks => Set<DownlinkQueueItem>();

    public DbSet<Gateway> Gateways => Set<Gateway>();

    public DbSet<GatewayStatus> GatewayStatuses => Set<GatewayStatus>();

    public DbSet<GatewayTraffic> GatewayTraffic => Set<GatewayTraffic>();

    public DbSet<SigfoxGroup> SigfoxGroups => Set<SigfoxGroup>();

    public DbSet<SigfoxDeviceType> SigfoxDeviceTypes => Set<SigfoxDeviceType>();

    public DbSet<SigfoxState> SigfoxStates => Set<SigfoxState>();

    public DbSet<SigfoxReception> SigfoxReceptions => Set<SigfoxReception>();

    public DbSet<SigfoxJob> SigfoxJobs => Set<SigfoxJob>();

    public DbSet<PayloadDecoder> PayloadDecoders => Set<PayloadDecoder>();

    public DbSet<PayloadDecoderVersion> PayloadDecoderVersions => Set<PayloadDecoderVersion>();

    public DbSet<DataTarget> DataTargets => Set<DataTarget>();

    public DbSet<DataTargetFailure> DataTargetFailures => Set<DataTargetFailure>();

    public DbSet<OpenDataDkDataset> OpenDataDkDatasets => Set<OpenDataDkDataset>();

    public DbSet<DataTargetConnection> DataTargetConnections => Set<DataTargetConnection>();

    public DbSet<Delivery> Deliveries => Set<Delivery>();

    public DbSet<DeliveryAttempt> DeliveryAttempts => Set<DeliveryAttempt>();

    public DbSet<ReceivedMessage> ReceivedMessages => Set<ReceivedMessage>();

    public DbSet<DecodedMessage> DecodedMessages => Set<DecodedMessage>();

    public DbSet<SyncChange> SyncChanges => Set<SyncChange>();

    public DbSet<SyncStatus> SyncStatuses => Set<SyncStatus>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>Saves, and tells in the audit log what was changed: both or neither.</summary>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        Stamp();
        var changes = AuditChanges.Of(this);
        if (changes.IsEmpty)
        {
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
        }

        if (Database.CurrentTransaction is { } others)
        {
            return await SaveWithinAsync(others, changes, acceptAllChangesOnSuccess, cancellationToken);
        }

        await using var transaction = await Database.BeginTransactionAsync(cancellationToken);
        var saved = await SaveAndTellAsync(changes, acceptAllChangesOnSuccess, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return saved;
    }

    /// <summary>For what is not told in the audit log only, such as the product's own keys.</summary>
    /// <exception cref="InvalidOperationException">There is something to tell.</exception>
    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        Stamp();
        return AuditChanges.Of(this).IsEmpty
            ? base.SaveChanges(acceptAllChangesOnSuccess)
            : throw new InvalidOperationException($"Use {nameof(SaveChangesAsync)}: only that tells the audit log.");
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(AppDbContext).Assembly);
        NameSearch.AddTo(modelBuilder);
    }

    // Whoever goes on with the transaction after a failure finds in it neither the change nor its line.
    private async Task<int> SaveWithinAsync(IDbContextTransaction others, AuditChanges changes, bool acceptAllChangesOnSuccess, CancellationToken ct)
    {
        const string Savepoint = "audit";
        await others.CreateSavepointAsync(Savepoint, ct);
        try
        {
            var saved = await SaveAndTellAsync(changes, acceptAllChangesOnSuccess, ct);
            await others.ReleaseSavepointAsync(Savepoint, ct);
            return saved;
        }
        catch
        {
            await others.RollbackToSavepointAsync(Savepoint, CancellationToken.None);
            throw;
        }
    }

    private async Task<int> SaveAndTellAsync(AuditChanges changes, bool acceptAllChangesOnSuccess, CancellationToken ct)
    {
        await this.WriteAuditAsync(changes.Removals(), ct: ct);
        await AuditLog.WriteCascadesAsync(this, changes, ct);
        var saved = await base.SaveChangesAsync(acceptAllChangesOnSuccess, ct);
        await this.WriteAuditAsync(changes.AdditionsAndUpdates(), ct: ct);
        return saved;
    }

    private void Stamp()
    {
        var now = Now;
        foreach (var entry in ChangeTracker.Entries<Stamped>())
        {
            if (entry.State == EntityState.Added)
            {
                entry.Entity.CreatedAt = now;
                entry.Entity.UpdatedAt = now;
                entry.Entity.CreatedById ??= ActingUserId;
                entry.Entity.UpdatedById ??= ActingUserId;
            }
            else if (entry.State == EntityState.Modified)
            {
                entry.Entity.UpdatedAt = now;
                entry.Entity.UpdatedById = ActingUserId ?? entry.Entity.UpdatedById;
            }
        }
    }
}

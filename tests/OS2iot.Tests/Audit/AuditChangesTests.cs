using System.Net;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using OS2iot.Core.Applications;
using OS2iot.Core.Audit;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.DataTargets;
using OS2iot.Core.DataTargets.OpenDataDk;
using OS2iot.Core.Downlinks;
using OS2iot.Core.GenericHttp;
using OS2iot.Core.Organizations;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.Audit;

public sealed class AuditChangesTests(PostgreSql postgres) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await postgres.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public void Entities_OfTheModel_AllSayHowTheyAreTold()
    {
        using var db = _database.CreateContext();

        var undeclared = AuditModel.Of(db.Model).Undeclared;

        Assert.True(
            undeclared.Count == 0,
            $"Say by [Audited], [AuditedIn] or [NotAudited] on the entity, or [AuditedIds] on a list of it, how its changes are told: {string.Join(", ", undeclared)}");
    }

    [Fact]
    public void Secrets_OfTheModel_AreNeverShown()
    {
        using var db = _database.CreateContext();
        var shown = db.Model.GetEntityTypes().SelectMany(AuditModel.Of(db.Model).Members).Where(m => !m.IsSecret)
            .Select(m => m.Property.Name).Distinct().ToList();

        string[] words = ["cipher", "hash", "password", "secret", "token"];
        Assert.DoesNotContain(shown, name => words.Any(w => name.Contains(w, StringComparison.OrdinalIgnoreCase)));
        Assert.DoesNotContain(shown, name => name.EndsWith("Key", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Types_OfTheLog_EachHaveAnEntityThatKnowsItsOrganization()
    {
        using var db = _database.CreateContext();
        var roots = AuditModel.Of(db.Model).Roots.ToList();
        var types = typeof(AuditTypes).GetFields().Select(f => (string)f.GetRawConstantValue()!).Except([AuditTypes.SigfoxDeviceType]);

        Assert.Equal(types.Order(), roots.Select(r => r.Type).Distinct().Order());
        Assert.All(roots.Where(r => r.Type != AuditTypes.Organization), r => Assert.True(r.OwnerKey is not null || r.OwnerList is not null, r.Type));
    }

    [Fact]
    public async Task Create_OfAnApplicationWithDevice_TellsBothWithTheirNewIds()
    {
        var (organization, application) = await AnApplicationAsync();
        await using var db = _database.CreateContext();
        var device = ADevice("Sensor", application);
        using (As(new Actor { UserId = await AUserAsync(), Address = IPAddress.Parse("::ffff:192.0.2.7") }))
        {
            db.Devices.Add(device);
            await db.SaveChangesAsync(Ct);
        }

        var entry = Assert.Single(await EntriesAsync(AuditTypes.Device, device.Id));
        Assert.Equal(("CREATE", "Sensor", organization, "Somebody", "192.0.2.7"), (entry.Action, entry.Name, entry.OrganizationId, entry.UserName, entry.Address?.ToString()));
        var after = JsonElement.Parse(entry.After!);
        Assert.Equal("GENERIC_HTTP", after.GetProperty("type").GetString());
        Assert.Equal("***", after.GetProperty("apiKey").GetString());
        Assert.Equal(application, after.GetProperty("applicationId").GetInt32());
        Assert.DoesNotContain("super secret", entry.After, StringComparison.Ordinal);
        Assert.False(after.TryGetProperty("createdAt", out _));
        Assert.Null(entry.Before);

        var created = Assert.Single(await EntriesAsync(AuditTypes.Application, application));
        Assert.Equal(("CREATE", organization, null, null), (created.Action, created.OrganizationId, created.UserId, created.UserName));
        Assert.Equal("pH", JsonElement.Parse(created.After!).GetProperty("controlledProperties")[0].GetString());
    }

    [Fact]
    public async Task Update_OfSomeMembers_TellsOnlyThose()
    {
        var (_, application) = await AnApplicationAsync();
        await using var db = _database.CreateContext();
        var row = await db.Applications.Include(a => a.ControlledProperties).Include(a => a.ContactPersons).SingleAsync(a => a.Id == application, Ct);
        row.Owner = "Ærø";
        row.ControlledProperties.Clear();
        row.ControlledProperties.Add(new ApplicationControlledProperty { Type = "light" });
        row.ContactPersons.Add(new ContactPerson { Name = "Ida" });
        await db.SaveChangesAsync(Ct);

        row.ContactPersons[0].Phone = "12345678";
        await db.SaveChangesAsync(Ct);
        row.ChirpStackId = "noise";
        await db.SaveChangesAsync(Ct);

        var entries = await EntriesAsync(AuditTypes.Application, application);
        Assert.Equal(["CREATE", "UPDATE", "UPDATE"], entries.Select(e => e.Action));
        Same("""{"owner":null,"controlledProperties":["pH"]}""", entries[1].Before);
        Same("""{"owner":"Ærø","controlledProperties":["light"],"contactPersons":[{"name":"Ida"}]}""", entries[1].After);
        Same("""{"contactPersons":[{"phone":null}]}""", entries[2].Before);
        Same("""{"contactPersons":[{"phone":"12345678"}]}""", entries[2].After);
        Assert.Equal(row.Name, entries[2].Name);
    }

    [Fact]
    public async Task Update_OfAList_TellsTheIdsThatCameAndWent()
    {
        var (organization, application) = await AnApplicationAsync();
        await using var db = _database.CreateContext();
        var (first, second) = (new User { Name = "A" }, new User { Name = "B" });
        var permission = new Permission { Name = "Readers", OrganizationId = organization };
        permission.Users.Add(first);
        permission.Types.Add(new PermissionTypeEntry { Type = PermissionType.Read });
        db.Permissions.Add(permission);
        await db.SaveChangesAsync(Ct);

        permission.Users.Remove(first);
        permission.Users.Add(second);
        permission.Applications.Add(await db.Applications.SingleAsync(a => a.Id == application, Ct));
        await db.SaveChangesAsync(Ct);

        var entries = await EntriesAsync(AuditTypes.Permission, permission.Id);
        Same($$"""{"name":"Readers","automaticallyAddNewApplications":false,"organizationId":{{organization}},"types":["Read"],"userIds":[{{first.Id}}]}""", entries[0].After);
        Same($$"""{"userIds":[{{first.Id}}]}""", entries[1].Before);
        Same($$"""{"userIds":[{{second.Id}}],"applicationIds":[{{application}}]}""", entries[1].After);
        Assert.Equal(organization, entries[1].OrganizationId);
        Assert.Equal(organization, Assert.Single(await EntriesAsync(AuditTypes.User, first.Id)).OrganizationId);
    }

    [Fact]
    public async Task Update_OfASecret_TellsThatItWasReplaced()
    {
        var (_, application) = await AnApplicationAsync();
        await using var db = _database.CreateContext();
        var target = new DataTarget
        {
            Name = "Target",
            Type = "HTTP_PUSH",
            ApplicationId = application,
            Settings = """{"url":"https://a.dk","timeout":1,"authorizationHeader":"CfDJ8-one"}""",
            OpenDataDkDataset = new OpenDataDkDataset { Name = "Set", License = "x", AuthorName = "y", AuthorEmail = "z" },
        };
        db.DataTargets.Add(target);
        await db.SaveChangesAsync(Ct);
        target.Settings = """{"url":"https://b.dk","timeout":1,"authorizationHeader":"CfDJ8-two"}""";
        target.OpenDataDkDataset.Name = "Other";
        await db.SaveChangesAsync(Ct);

        var entries = await EntriesAsync(AuditTypes.DataTarget, target.Id);
        Assert.Contains("\"authorizationHeader\": \"***\"", entries[0].After, StringComparison.Ordinal);
        Same("""{"settings":{"url":"https://a.dk","authorizationHeader":"***"},"openDataDkDataset":{"name":"Set"}}""", entries[1].Before);
        Same("""{"settings":{"url":"https://b.dk","authorizationHeader":"***"},"openDataDkDataset":{"name":"Other"}}""", entries[1].After);
    }

    [Fact]
    public async Task Update_ThatMovesADevice_IsToldInBothOrganizations()
    {
        var (from, application) = await AnApplicationAsync();
        var (to, other) = await AnApplicationAsync();
        await using var db = _database.CreateContext();
        var device = ADevice("Sensor", application);
        db.Devices.Add(device);
        await db.SaveChangesAsync(Ct);
        device.ApplicationId = other;
        await db.SaveChangesAsync(Ct);

        var moves = (await EntriesAsync(AuditTypes.Device, device.Id)).Where(e => e.Action == "UPDATE").ToList();
        Assert.Equal(new int?[] { from, to }.Order(), moves.Select(e => e.OrganizationId).Order());
        Assert.All(moves, e => Same($$"""{"applicationId":{{other}}}""", e.After));
    }

    [Fact]
    public async Task Delete_OfAnOrganization_TellsEachThingThatGoesWithIt()
    {
        var (organization, application) = await AnApplicationAsync();
        await using var db = _database.CreateContext();
        var device = ADevice("Sensor", application);
        device.Downlinks.Add(new DownlinkQueueItem { Payload = [1, 0xAB] });
        var profile = new DeviceProfile { Id = Guid.NewGuid(), Name = "Profile", OrganizationId = organization };
        var target = new DataTarget { Name = "Target", Type = "HTTP_PUSH", ApplicationId = application, Settings = """{"authorizationHeader":"s"}""" };
        var connection = new DataTargetConnection { DataTarget = target };
        connection.Devices.Add(device);
        db.AddRange(device, profile, connection);
        await db.SaveChangesAsync(Ct);
        Same("""{"payload":"01ab","confirmed":false,"deviceId":""" + device.Id + "}", (await EntriesAsync(AuditTypes.Downlink, device.Downlinks[0].Id)).Single().After);

        db.ChangeTracker.Clear();
        db.Organizations.Remove(await db.Organizations.SingleAsync(o => o.Id == organization, Ct));
        await db.SaveChangesAsync(Ct);

        (string, string)[] gone =
        [
            (AuditTypes.Organization, $"{organization}"), (AuditTypes.Application, $"{application}"), (AuditTypes.Device, $"{device.Id}"),
            (AuditTypes.Downlink, $"{device.Downlinks[0].Id}"), (AuditTypes.DeviceProfile, $"{profile.Id}"),
            (AuditTypes.DataTarget, $"{target.Id}"), (AuditTypes.Connection, $"{connection.Id}"),
        ];
        var entries = await db.AuditEntries.Where(e => e.Action == "DELETE").ToListAsync(Ct);
        Assert.Equal(gone.Order(), entries.Select(e => (e.Type, e.EntityId!)).Order());
        Assert.All(entries, e => Assert.Equal(organization, e.OrganizationId));
        Assert.Equal("Sensor", JsonElement.Parse(entries.Single(e => e.Type == AuditTypes.Device).Before!).GetProperty("name").GetString());
        Assert.DoesNotContain(entries, e => e.Before!.Contains("secret", StringComparison.Ordinal) || e.Before.Contains("authorizationHeader", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Save_WhenItFails_LeavesNeitherChangeNorLine()
    {
        var (organization, application) = await AnApplicationAsync();
        await using var db = _database.CreateContext();
        var name = (await db.Applications.SingleAsync(a => a.Id == application, Ct)).Name;
        var before = await db.AuditEntries.CountAsync(Ct);
        var doomed = await db.Applications.SingleAsync(a => a.Id == application, Ct);

        await using (var transaction = await db.Database.BeginTransactionAsync(Ct))
        {
            var (_, other) = await AnApplicationAsync();
            before += 2;
            db.Applications.Remove(doomed);
            (await db.Applications.SingleAsync(a => a.Id == other, Ct)).OrganizationId = 987654;
            await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync(Ct));
            db.ChangeTracker.Clear();
            await transaction.CommitAsync(Ct);
        }

        db.Applications.Add(new Application { Name = name, OrganizationId = organization });
        await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync(Ct));

        Assert.Equal(before, await db.AuditEntries.CountAsync(Ct));
        Assert.True(await db.Applications.AnyAsync(a => a.Id == application, Ct));
        db.ChangeTracker.Entries<Application>().Single().Entity.Name = "another";
        await db.SaveChangesAsync(Ct);
        Assert.Equal(before + 1, await db.AuditEntries.CountAsync(Ct));
    }

    [Fact]
    public async Task Entries_OnceWritten_StayAsTheyAre()
    {
        await AnApplicationAsync();

        foreach (var sql in (string[])["UPDATE audit_entries SET name = 'x'", "DELETE FROM audit_entries", "TRUNCATE audit_entries"])
        {
            await Assert.ThrowsAsync<PostgresException>(() => _database.ExecuteAsync(sql));
        }
    }

    [Fact]
    public async Task Create_OfAThousandDevices_CostsOneStatementMore()
    {
        var (_, application) = await AnApplicationAsync();
        await using var db = _database.CreateContext();
        db.Devices.AddRange(Enumerable.Range(0, 1000).Select(i => ADevice($"Sensor {i}", application)));
        await db.SaveChangesAsync(Ct);

        Assert.Equal(1000, await db.AuditEntries.CountAsync(e => e.Type == AuditTypes.Device, Ct));
        Assert.Equal(1000, await db.AuditEntries.Where(e => e.Type == AuditTypes.Device).Select(e => e.EntityId).Distinct().CountAsync(Ct));
    }

    private static void Same(string expected, string? actual) => Assert.True(
        JsonElement.DeepEquals(JsonElement.Parse(expected), JsonElement.Parse(actual ?? "null")), $"{actual} instead of {expected}");

    private static GenericHttpDevice ADevice(string name, int application) => new()
    {
        Name = name,
        ApplicationId = application,
        ApiKeyHash = Guid.NewGuid().ToByteArray(),
        ApiKeyCiphertext = "super secret",
    };

    private static As_ As(Actor actor)
    {
        Actor.Current = actor;
        return new As_();
    }

    private async Task<List<AuditEntry>> EntriesAsync(string type, int id)
    {
        await using var db = _database.CreateContext();
        return await db.AuditEntries.Where(e => e.Type == type && e.EntityId == $"{id}").OrderBy(e => e.Id).ToListAsync(Ct);
    }

    private async Task<int> AUserAsync()
    {
        await using var db = _database.CreateContext();
        var user = new User { Name = "Somebody" };
        db.Users.Add(user);
        await db.SaveChangesAsync(Ct);
        return user.Id;
    }

    private async Task<(int Organization, int Application)> AnApplicationAsync()
    {
        await using var db = _database.CreateContext();
        var application = new Application { Name = Guid.NewGuid().ToString("N"), Organization = new Organization { Name = Guid.NewGuid().ToString("N") } };
        application.ControlledProperties.Add(new ApplicationControlledProperty { Type = "pH" });
        db.Applications.Add(application);
        await db.SaveChangesAsync(Ct);
        return (application.OrganizationId, application.Id);
    }

    private readonly struct As_ : IDisposable
    {
        public void Dispose() => Actor.Current = null;
    }
}

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using OS2iot.Core.Organizations;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.Api;

public sealed class FirstAdministratorTests(PostgreSql postgres)
{
    [Fact]
    public async Task Ensure_WhenThereIsNone_CreatesOneFromTheFileOnce()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "first@example.dk\nSecret-Enough\n", TestContext.Current.CancellationToken);

        Assert.True(await Ensure(database, ("FirstAdministrator:CredentialsFile", file)));
        Assert.False(await Ensure(database, ("FirstAdministrator:CredentialsFile", file)));

        File.Delete(file);
        await using var db = database.CreateContext();
        var user = await db.Users.Include(u => u.Permissions).ThenInclude(p => p.Types).SingleAsync(TestContext.Current.CancellationToken);
        Assert.Equal("first@example.dk", user.Email);
        Assert.True(Passwords.Verify("Secret-Enough", user.PasswordHash));
        Assert.Equal(PermissionType.GlobalAdmin, user.Permissions.Single().Types.Single().Type);
    }

    [Fact]
    public async Task Ensure_WhenSeveralHostsStart_CreatesOne()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var created = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Ensure(database, ("FirstAdministrator:Password", "Secret-Enough"))));

        Assert.Equal(1, created.Count(c => c));
    }

    [Fact]
    public async Task Ensure_WhenConfiguredPasswordIsWeak_SaysSoWithoutTellingIt()
    {
        await using var database = await postgres.CreateDatabaseAsync();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Ensure(database, ("FirstAdministrator:Password", "xyzzy")));

        Assert.DoesNotContain("xyzzy", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> Ensure(TestDatabase database, params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build();
        await using var db = database.CreateContext();
        return await new FirstAdministrator(db, configuration).EnsureAsync(TestContext.Current.CancellationToken);
    }
}

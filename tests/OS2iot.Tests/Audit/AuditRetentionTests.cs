using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OS2iot.Tests.Fakes;
using OS2iot.Workers.Audit;

namespace OS2iot.Tests.Audit;

public sealed class AuditRetentionTests(PostgreSql postgres)
{
    [Fact]
    public async Task Run_OfTheJob_RemovesOnlyWhatIsOlderThanConfigured()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync(
            """
            INSERT INTO audit_entries (at, action, type, succeeded) SELECT now() - interval '3 years', 'CREATE', 'User', true FROM generate_series(1, 12000);
            INSERT INTO audit_entries (at, action, type, succeeded) SELECT now() - interval '18 months', 'CREATE', 'User', true FROM generate_series(1, 3);
            """);
        using var job = new AuditRetentionJob(
            database.DataSource, Options.Create(new AuditOptions { Retention = TimeSpan.FromDays(730) }), TimeProvider.System, NullLogger<AuditRetentionJob>.Instance);

        Assert.Equal(12_000, await job.RunAsync(TestContext.Current.CancellationToken));
        Assert.Equal(3L, await database.ScalarAsync<long>("SELECT count(*) FROM audit_entries"));
    }
}

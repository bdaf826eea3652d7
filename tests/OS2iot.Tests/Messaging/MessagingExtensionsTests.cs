using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OS2iot.Core.Database;
using OS2iot.Core.Messaging;
using OS2iot.Core.Messaging.Kafka;
using OS2iot.Core.Messaging.PostgreSql;
using OS2iot.Tests.Fakes;

namespace OS2iot.Tests.Messaging;

public sealed class MessagingExtensionsTests(PostgreSql postgres)
{
    [Fact]
    public async Task AddMessaging_WhenThereIsNoKafka_KeepsTheLogInPostgreSql()
    {
        await using var database = await postgres.CreateEmptyDatabaseAsync();
        await database.ExecuteAsync(PostgreSqlLogSchema.Up);
        using var host = Build(("ConnectionStrings:os2iot", database.ConnectionString));
        var log = Assert.IsType<PostgreSqlLog>(host.Services.GetRequiredService<IMessageLog>());

        await host.StartAsync(TestContext.Current.CancellationToken);
        await log.AppendAsync(LogTopic.Downlinks, ALog.Of(1, 0), TestContext.Current.CancellationToken);
        Assert.Equal(1, await log.ReadLagAsync(LogTopic.Downlinks, "nobody", TestContext.Current.CancellationToken));
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void AddMessaging_WhenThereIsKafka_UsesIt()
    {
        using var host = Build(
            ("ConnectionStrings:os2iot", "Host=127.0.0.1"), ("ConnectionStrings:kafka", "127.0.0.1:1"), ("Messaging:Kafka:security.protocol", "plaintext"));

        Assert.IsType<KafkaLog>(host.Services.GetRequiredService<IMessageLog>());
        Assert.Equal("plaintext", host.Services.GetRequiredService<IOptions<LogOptions>>().Value.Kafka["security.protocol"]);
    }

    [Fact]
    public async Task AddMessaging_WhenAnOptionMakesNoSense_DoesNotStart()
    {
        using var host = Build(("ConnectionStrings:os2iot", "Host=127.0.0.1"), ("Messaging:Retention", "00:00:01"));

        await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
    }

    private static IHost Build(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "tests" });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value));
        builder.AddDatabase();
        builder.AddMessaging();
        return builder.Build();
    }
}

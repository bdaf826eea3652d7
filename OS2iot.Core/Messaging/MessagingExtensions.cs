using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using OS2iot.Core.Database;
using OS2iot.Core.Messaging.Kafka;
using OS2iot.Core.Messaging.PostgreSql;

namespace OS2iot.Core.Messaging;

public static class MessagingExtensions
{
    /// <summary>The name of the connection string: Kafka's bootstrap servers.</summary>
    public const string KafkaConnectionName = "kafka";

    /// <summary>Registers the log: Kafka if there is a connection string of that name, otherwise PostgreSQL.</summary>
    public static IHostApplicationBuilder AddMessaging(this IHostApplicationBuilder builder)
    {
        builder.AddNotifications();
        builder.Services.AddMetrics();
        builder.Services.AddOptions<LogOptions>().BindConfiguration(LogOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton<LogMetrics>();
        if (builder.Configuration.GetConnectionString(KafkaConnectionName) is { Length: > 0 } brokers)
        {
            builder.Services.AddSingleton(new KafkaBrokers(brokers));
            builder.Services.AddSingleton<IMessageLog, KafkaLog>();
        }
        else
        {
            builder.Services.AddSingleton<IMessageLog, PostgreSqlLog>();
            builder.Services.AddHostedService<PostgreSqlLogTrimJob>();
        }

        builder.Services.AddHealthChecks().AddCheck<LogHealthCheck>("log", HealthStatus.Unhealthy, [], TimeSpan.FromSeconds(10));
        return builder;
    }
}

using OS2iot.Core.Database;
using OS2iot.Core.Uplinks;

namespace OS2iot.Api.Messages;

internal static class MessagesExtensions
{
    /// <summary>Registers reading a device's messages, and watching them arrive.</summary>
    public static IHostApplicationBuilder AddMessages(this IHostApplicationBuilder builder)
    {
        builder.AddNotifications();
        builder.Services.AddOptions<LiveMessagesOptions>()
            .BindConfiguration(LiveMessagesOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<HistoryOptions>().BindConfiguration(HistoryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<LiveMessages>();
        builder.Services.AddScoped<MessageReader>();
        return builder;
    }
}

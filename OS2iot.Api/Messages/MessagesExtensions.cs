namespace OS2iot.Api.Messages;

internal static class MessagesExtensions
{
    public static IHostApplicationBuilder AddMessages(this IHostApplicationBuilder builder)
    {
        return builder;
    }
}

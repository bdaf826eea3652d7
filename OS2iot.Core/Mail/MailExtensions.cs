using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OS2iot.Core.Mail;

public static class MailExtensions
{
    /// <summary>Registers <see cref="IMailer"/>: through the configured mail server, or into the log where there is none.</summary>
    public static IHostApplicationBuilder AddMail(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<MailOptions>().BindConfiguration(MailOptions.Section).ValidateDataAnnotations()
            .Validate(options => options.Host is not { Length: > 0 } || options.From != new MailOptions().From, "Set Mail:From to the sender's address.")
            .ValidateOnStart();
        if (builder.Configuration[$"{MailOptions.Section}:{nameof(MailOptions.Host)}"] is { Length: > 0 })
        {
            builder.Services.AddSingleton<IMailer, SmtpMailer>();
        }
        else
        {
            builder.Services.AddSingleton<IMailer, LogMailer>();
        }

        return builder;
    }
}

using Microsoft.Extensions.Logging;

namespace OS2iot.Core.Mail;

/// <summary>Where no mail server is set up: says in the log that there would have been a mail, and to whom.</summary>
public sealed partial class LogMailer(ILogger<LogMailer> logger) : IMailer
{
    public Task SendAsync(Mail mail, CancellationToken ct)
    {
        LogMail(mail.Subject, mail.To);
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Information, "No mail server is set up; the mail '{Subject}' to {To} was not sent")]
    private partial void LogMail(string subject, string to);
}

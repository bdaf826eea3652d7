namespace OS2iot.Core.Mail;

/// <summary>Sends mail.</summary>
public interface IMailer
{
    /// <summary>Returns when the mail server took the mail, and throws when it did not.</summary>
    Task SendAsync(Mail mail, CancellationToken ct);
}

/// <param name="To">One address.</param>
/// <param name="Subject">Plain text.</param>
/// <param name="HtmlBody">HTML in which everything that a user wrote is encoded.</param>
public sealed record Mail(string To, string Subject, string HtmlBody);

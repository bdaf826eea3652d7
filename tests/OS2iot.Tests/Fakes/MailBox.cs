using System.Collections.Concurrent;
using OS2iot.Core.Mail;

namespace OS2iot.Tests.Fakes;

/// <summary>Keeps what would have been sent.</summary>
public sealed class MailBox : IMailer
{
    private readonly ConcurrentQueue<Core.Mail.Mail> _mails = [];

    private readonly ConcurrentDictionary<string, bool> _failing = [];

    public IReadOnlyList<Core.Mail.Mail> To(string address) => [.. _mails.Where(m => m.To == address)];

    /// <summary>Mails to an address are not taken any more.</summary>
    public void FailFor(string address) => _failing[address] = true;

    public Task SendAsync(Core.Mail.Mail mail, CancellationToken ct)
    {
        if (_failing.ContainsKey(mail.To))
        {
            throw new IOException("The mail server does not answer.");
        }

        _mails.Enqueue(mail);
        return Task.CompletedTask;
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using OS2iot.Core.Mail;

namespace OS2iot.Tests.Mail;

public sealed class SmtpMailerTests
{
    [Fact]
    public async Task Send_OverSmtp_CarriesSubjectAndBody()
    {
        using var server = new SmtpListener();
        var mailer = Mailer(server.Port);

        await mailer.SendAsync(new Core.Mail.Mail("søren@example.dk", "Ansøgning godkendt", "<p>Hej Søren</p>"), TestContext.Current.CancellationToken);

        var letter = await server.Letter.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Contains("From: os2iot@example.dk", letter, StringComparison.Ordinal);
        Assert.Contains("Subject:", letter, StringComparison.Ordinal);
        Assert.Contains("text/html", letter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WhenTlsIsRequiredAndNotOffered_SendsNothing()
    {
        using var server = new SmtpListener();
        var mailer = Mailer(server.Port, requireTls: true);

        await Assert.ThrowsAnyAsync<Exception>(() =>
            mailer.SendAsync(new Core.Mail.Mail("a@example.dk", "s", "<p></p>"), TestContext.Current.CancellationToken));

        Assert.False(server.Letter.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Send_WhenTheServerHangs_GivesUp()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var mailer = Mailer(((IPEndPoint)silent.LocalEndpoint).Port, timeout: TimeSpan.FromMilliseconds(300));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            mailer.SendAsync(new Core.Mail.Mail("a@example.dk", "s", "<p></p>"), TestContext.Current.CancellationToken));
    }

    private static SmtpMailer Mailer(int port, bool requireTls = false, TimeSpan? timeout = null) => new(Options.Create(new MailOptions
    {
        Host = "127.0.0.1",
        Port = port,
        RequireTls = requireTls,
        From = "os2iot@example.dk",
        Timeout = timeout ?? TimeSpan.FromSeconds(10),
    }));

    /// <summary>Takes one mail, as a mail server would.</summary>
    private sealed class SmtpListener : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        private readonly TaskCompletionSource<string> _letter = new();

        public SmtpListener()
        {
            _listener.Start();
            _ = Task.Run(ServeAsync);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public Task<string> Letter => _letter.Task;

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            using var client = await _listener.AcceptTcpClientAsync();
            using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
            await using var writer = new StreamWriter(client.GetStream(), new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
            await writer.WriteLineAsync("220 test");
            while (await reader.ReadLineAsync() is { } line)
            {
                var command = line.Split(' ')[0].ToUpperInvariant();
                if (command == "DATA")
                {
                    await writer.WriteLineAsync("354 go on");
                    var letter = new StringBuilder();
                    while (await reader.ReadLineAsync() is { } part && part != ".")
                    {
                        letter.AppendLine(part);
                    }

                    _letter.TrySetResult(letter.ToString());
                }
                else if (command == "EHLO")
                {
                    await writer.WriteLineAsync("250-test");
                    await writer.WriteLineAsync("250 SMTPUTF8");
                    continue;
                }

                await writer.WriteLineAsync(command == "QUIT" ? "221 bye" : "250 ok");
            }
        }
    }
}

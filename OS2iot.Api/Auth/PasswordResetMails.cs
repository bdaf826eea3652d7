using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Api.AccessRequests;
using OS2iot.Core.Audit;
using OS2iot.Core.Database;
using OS2iot.Core.Mail;
using OS2iot.Core.Secrets;
using OS2iot.Core.SignIn;

namespace OS2iot.Api.Auth;

/// <summary>
/// Writes to users who forgot their password. Behind a queue, so that an answer takes as long for somebody who is a user as for somebody
/// who is none. What waits here is lost at a restart; whoever waits for a mail asks again.
/// </summary>
internal sealed partial class PasswordResetMails(
    IServiceScopeFactory scopes, IMailer mailer, LookupHash hash, IOptions<PortalAddressOptions> portal, TimeProvider clock, ILogger<PasswordResetMails> logger)
    : BackgroundService
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private const int Capacity = 100;

    private const int Bytes = 32;

    /// <summary>Mails to one user under way at a time: nobody's mailbox is filled by strangers.</summary>
    public const int Open = 3;

    private readonly Channel<(string Email, IPAddress? Address)> _asked = Channel.CreateBounded<(string, IPAddress?)>(
        new BoundedChannelOptions(Capacity) { SingleReader = true });

    /// <summary>False when too many wait.</summary>
    public bool TryAsk(string email, IPAddress? address) => _asked.Writer.TryWrite((email, address));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (email, address) in _asked.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await AnswerAsync(email, address, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotSent(exception);
            }
        }
    }

    private async Task AnswerAsync(string email, IPAddress? address, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
        var now = clock.GetUtcNow();
        await db.PasswordResets.Where(r => r.ExpiresAt < now).ExecuteDeleteAsync(ct);
        var user = await db.Users.AsNoTracking().Where(u => u.Email == email && u.Active && !u.IsSystemUser && u.PasswordHash != null && u.NameId == null)
            .Where(u => u.ExpiresOn == null || u.ExpiresOn > now).Select(u => new { u.Id, u.Name }).SingleOrDefaultAsync(ct);
        if (user is null || await db.PasswordResets.CountAsync(r => r.UserId == user.Id, ct) >= Open)
        {
            return;
        }

        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        db.PasswordResets.Add(new PasswordReset { TokenHash = hash.Of(token), UserId = user.Id, ExpiresAt = now + Lifetime });
        await db.SaveChangesAsync(ct);
        await db.WriteAuditAsync(
            [
                new AuditRecord
                {
                    Action = AuditActions.Update,
                    Type = AuditTypes.User,
                    EntityId = user.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    Name = email,
                    After = """{"signIn":"password reset asked for"}""",
                },
            ],
            new Actor { Address = address }, ct);
        await transaction.CommitAsync(ct);
        await mailer.SendAsync(new Mail(email, "Ny adgangskode til OS2iot", Text(user.Name, token)), ct);
    }

    private string Text(string name, string token)
    {
        var way = portal.Value.PublicUrl is { } url
            ? $"<p><a href=\"{Encode(new Uri(url, $"sign-in/new-password?token={token}").AbsoluteUri)}\">Vælg en ny adgangskode</a></p>"
            : $"<p>Din kode til at vælge en ny adgangskode: {Encode(token)}</p>";
        return $"<p>Hej {Encode(name)}</p><p>Nogen, formentlig dig, har bedt om en ny adgangskode til OS2iot. Linket virker én gang og i en halv time.</p>{way}"
            + "<p>Var det ikke dig, skal du ikke gøre noget: din adgangskode er uændret.</p>";
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    [LoggerMessage(LogLevel.Warning, "A mail for a new password was not sent")]
    private partial void LogNotSent(Exception exception);
}

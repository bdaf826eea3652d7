using System.Text.Encodings.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Mail;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.AccessRequests;

/// <summary>Tells administrators that somebody wants to belong to their organization, and that somebody of the answer. In Danish, as the portal begins.</summary>
internal sealed partial class AccessRequestMails(
    AppDbContext db, IMailer mailer, IOptions<PortalAddressOptions> portal, ILogger<AccessRequestMails> logger)
{
    /// <summary>More administrators than this are not written to.</summary>
    private const int MaxRecipients = 50;

    /// <summary>To the organization's user administrators, or to the global ones where it has none.</summary>
    /// <exception cref="Refusal">The mail server did not take it.</exception>
    public async Task AskAsync(User user, Organization organization, CancellationToken ct)
    {
        var recipients = await RecipientsAsync(p => p.OrganizationId == organization.Id && p.Types.Any(t => t.Type == PermissionType.OrganizationUserAdmin), ct);
        if (recipients.Count == 0)
        {
            recipients = await RecipientsAsync(p => p.Types.Any(t => t.Type == PermissionType.GlobalAdmin), ct);
        }

        var link = portal.Value.PublicUrl is { } url
            ? $"<p><a href=\"{Encode(new Uri(url, "users/awaiting").AbsoluteUri)}\">Se ansøgningen</a></p>"
            : "";
        foreach (var recipient in recipients)
        {
            await SendAsync(new Mail(
                recipient,
                "Ny ansøgning til din organisation i OS2iot",
                $"<p>{Encode(user.Name)} ({Encode(user.Email ?? "uden e-mail")}) vil gerne høre til {Encode(organization.Name)} i OS2iot og venter på et svar.</p>{link}"), ct);
        }
    }

    /// <exception cref="Refusal">The mail server did not take it.</exception>
    public Task AcceptedAsync(User user, Organization organization, string? reason, CancellationToken ct) => AnswerAsync(
        user, "Ansøgning i OS2iot godkendt", $"<p>Du hører nu til {Encode(organization.Name)} i OS2iot.</p>{Because(reason)}", ct);

    /// <exception cref="Refusal">The mail server did not take it.</exception>
    public Task RejectedAsync(User user, Organization organization, string? reason, CancellationToken ct) => AnswerAsync(
        user, "Ansøgning i OS2iot afvist", $"<p>Din ansøgning om at høre til {Encode(organization.Name)} i OS2iot er afvist.</p>{Because(reason)}", ct);

    private static string Because(string? reason) => string.IsNullOrWhiteSpace(reason)
        ? ""
        : $"<p>Begrundelse:</p><p>{string.Join("<br>", reason.Trim().ReplaceLineEndings("\n").Split('\n').Select(Encode))}</p>";

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    private Task AnswerAsync(User user, string subject, string text, CancellationToken ct) =>
        user.Email is { Length: > 0 } email ? SendAsync(new Mail(email, subject, $"<p>Hej {Encode(user.Name)}</p>{text}"), ct) : Task.CompletedTask;

    private Task<List<string>> RecipientsAsync(System.Linq.Expressions.Expression<Func<Permission, bool>> group, CancellationToken ct) =>
        db.Permissions.Where(group).SelectMany(p => p.Users).Where(u => u.Active && u.Email != null)
            .Select(u => u.Email!).Distinct().OrderBy(e => e).Take(MaxRecipients).ToListAsync(ct);

    private async Task SendAsync(Mail mail, CancellationToken ct)
    {
        try
        {
            await mailer.SendAsync(mail, ct);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            LogNotSent(exception, mail.Subject);
            throw Refusal.BadRequest(ErrorCodes.SendMailError);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The mail '{Subject}' was not sent")]
    private partial void LogNotSent(Exception exception, string subject);
}

/// <summary>Where people find the portal.</summary>
internal sealed class PortalAddressOptions
{
    public const string Section = "Portal";

    /// <summary>Such as <c>https://os2iot.example.dk/</c>; without it mails carry no link.</summary>
    public Uri? PublicUrl { get; set; }
}

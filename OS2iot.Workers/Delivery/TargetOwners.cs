using System.Globalization;
using System.Linq.Expressions;
using System.Text.Encodings.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Mail;
using OS2iot.Core.Organizations;

namespace OS2iot.Workers.Delivery;

/// <summary>
/// Tells the owner of a failing target: once that it fails, once that it is switched off. Who claims a mail has a while to send it;
/// if it goes silent, another does.
/// </summary>
internal sealed partial class TargetOwners(
    NpgsqlDataSource database, IServiceScopeFactory scopes, IMailer mailer, IOptions<DeliveryOptions> options, ILogger<TargetOwners> logger)
{
    private const int AtOnce = 20;

    /// <summary>Of one application; more are not written to.</summary>
    private const int MaxRecipients = 20;

    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(10);

    private const string ClaimUntold =
        """
        UPDATE data_target_failures SET tell_after = now() + $1
        WHERE data_target_id IN (
            SELECT f.data_target_id FROM data_target_failures f JOIN data_targets t ON t.id = f.data_target_id
            WHERE (f.tell_after IS NULL OR f.tell_after < now())
              AND CASE WHEN t.disabled_at IS NOT NULL THEN f.told_at IS NULL
                  ELSE f.warned_at IS NULL AND NOT t.paused AND f.last_at - f.since >= $2 END
            ORDER BY f.data_target_id LIMIT $3 FOR UPDATE OF f SKIP LOCKED)
        RETURNING data_target_id
        """;

    private const string MarkTold = "UPDATE data_target_failures SET told_at = now(), tell_after = NULL WHERE data_target_id = $1";

    private const string MarkWarned = "UPDATE data_target_failures SET warned_at = now(), tell_after = NULL WHERE data_target_id = $1";

    public async Task TellAsync(CancellationToken ct)
    {
        foreach (var id in await ClaimAsync(ct))
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AppDbContext>();
            var target = await db.DataTargets.AsNoTracking().Include(t => t.Application).SingleOrDefaultAsync(t => t.Id == id, ct);
            var failure = await db.DataTargetFailures.AsNoTracking().SingleOrDefaultAsync(f => f.DataTargetId == id, ct);
            if (target is not null && failure is not null
                && await SendAsync(target, failure, await RecipientsAsync(db, target.Application!.Id, target.Application.OrganizationId, ct), ct))
            {
                await using var told = database.CreateCommand(target.DisabledAt is null ? MarkWarned : MarkTold);
                told.Parameters.Add(new NpgsqlParameter<int> { TypedValue = id });
                await told.ExecuteNonQueryAsync(ct);
            }
        }
    }

    private async Task<List<int>> ClaimAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(ClaimUntold);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = Claim });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = options.Value.WarnAfter });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = AtOnce });
        var ids = new List<int>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            ids.Add(reader.GetInt32(0));
        }

        return ids;
    }

    /// <summary>The application's contacts and administrators; without any the organization's user administrators, else the global ones.</summary>
    private static async Task<List<string>> RecipientsAsync(AppDbContext db, int applicationId, int organizationId, CancellationToken ct)
    {
        var contacts = await db.Applications.Where(a => a.Id == applicationId)
            .Select(a => new { a.ContactEmail, Persons = a.ContactPersons.Select(p => p.Email).ToList() }).SingleAsync(ct);
        List<string> addresses =
        [
            .. contacts.Persons.Append(contacts.ContactEmail).OfType<string>().Where(e => e.Contains('@', StringComparison.Ordinal)),
            .. await MembersAsync(db, p => p.Types.Any(t => t.Type == PermissionType.OrganizationApplicationAdmin) && p.Applications.Any(a => a.Id == applicationId), ct),
        ];
        if (addresses.Count == 0)
        {
            addresses = await MembersAsync(db, p => p.OrganizationId == organizationId && p.Types.Any(t => t.Type == PermissionType.OrganizationUserAdmin), ct);
        }

        if (addresses.Count == 0)
        {
            addresses = await MembersAsync(db, p => p.Types.Any(t => t.Type == PermissionType.GlobalAdmin), ct);
        }

        return [.. addresses.Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxRecipients)];
    }

    private static Task<List<string>> MembersAsync(AppDbContext db, Expression<Func<Permission, bool>> group, CancellationToken ct) =>
        db.Permissions.Where(group).SelectMany(p => p.Users).Where(u => u.Active && u.Email != null)
            .Select(u => u.Email!).Distinct().OrderBy(e => e).Take(MaxRecipients).ToListAsync(ct);

    /// <returns>Somebody got it, or there is nobody; otherwise it is tried again.</returns>
    private async Task<bool> SendAsync(DataTarget target, DataTargetFailure failure, List<string> recipients, CancellationToken ct)
    {
        if (recipients.Count == 0)
        {
            LogNobody(target.Id);
            return true;
        }

        var sent = false;
        var (subject, body) = target.DisabledAt is null ? Warning(target, failure) : SwitchedOff(target);
        foreach (var recipient in recipients)
        {
            try
            {
                await mailer.SendAsync(new Mail(recipient, subject, body), ct);
                sent = true;
            }
            catch (Exception exception) when (!ct.IsCancellationRequested)
            {
                LogNotSent(exception, target.Id);
            }
        }

        return sent;
    }

    private static (string Subject, string Body) SwitchedOff(DataTarget target) => (
        "OS2iot: datamodtager slået fra / data target switched off",
        $"""
        <p lang="da">Datamodtageren <b>{Encode(target.Name)}</b> i applikationen <b>{Encode(target.Application!.Name)}</b> er slået fra, fordi den ikke tager imod beskeder.
        Nye beskeder venter i op til tre døgn; derefter skal de sendes igen manuelt. Ret modtageren, og slå den til igen i OS2iot.</p>
        <p lang="en">The data target <b>{Encode(target.Name)}</b> of the application <b>{Encode(target.Application.Name)}</b> has been switched off because it does not take messages.
        New messages wait for up to three days; after that they have to be sent again by hand. Mend the target and resume it in OS2iot.</p>
        <p>{Encode(target.DisabledReason ?? "")}</p>
        """);

    private static (string Subject, string Body) Warning(DataTarget target, DataTargetFailure failure)
    {
        var since = failure.Since.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        return (
            "OS2iot: datamodtager fejler / data target fails",
            $"""
            <p lang="da">Datamodtageren <b>{Encode(target.Name)}</b> i applikationen <b>{Encode(target.Application!.Name)}</b> har ikke taget imod beskeder siden {since} UTC.
            Fortsætter det, slås den fra. Der er endnu ikke gået beskeder tabt.</p>
            <p lang="en">The data target <b>{Encode(target.Name)}</b> of the application <b>{Encode(target.Application.Name)}</b> has taken no messages since {since} UTC.
            If that goes on, it will be switched off. No messages have been lost so far.</p>
            <p>{Encode(failure.Error ?? "")}</p>
            """);
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);

    [LoggerMessage(LogLevel.Warning, "The owner of data target {DataTargetId} could not be told by mail that it fails")]
    private partial void LogNotSent(Exception exception, int dataTargetId);

    [LoggerMessage(LogLevel.Warning, "Data target {DataTargetId} fails, and its application has nobody with a mail address to tell")]
    private partial void LogNobody(int dataTargetId);
}

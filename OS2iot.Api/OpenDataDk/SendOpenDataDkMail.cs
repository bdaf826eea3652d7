using System.Text.Encodings.Web;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OS2iot.Api.Auth;
using OS2iot.Api.DataTargets;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Database;
using OS2iot.Core.Mail;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.OpenDataDk;

internal sealed class OpenDataDkMailRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["organizationId"] = Is.Id(),
        ["organizationOddkAlias"] = Is.Text(),
        ["comment"] = Is.Text().Optional(),
        ["sharingUrl"] = Is.Text().AndUrl().AtMost(1024),
    };

    public int OrganizationId { get; init; }

    /// <summary>What the organization is called at Open Data DK.</summary>
    public string OrganizationOddkAlias { get; init; } = "";

    public string? Comment { get; init; }

    /// <summary>Address of the organization's catalogue.</summary>
    public string SharingUrl { get; init; } = "";
}

/// <summary>Tells Open Data DK by mail where an organization's catalogue is, and notes that it knows.</summary>
[RefusesWith(StatusCodes.Status429TooManyRequests)]
internal sealed partial class SendOpenDataDkMail(
    AppDbContext db,
    Caller caller,
    SendThrottle throttle,
    IMailer mailer,
    IOptions<OpenDataDkOptions> options)
    : Endpoint<OpenDataDkMailRequest, bool>
{
    private const string Subject = "Ny integration til OS2IoT";

    public override void Configure()
    {
        Post("data-target/sendOpenDataDkMail");
        Policies(Role.Read);
    }

    public override async Task<bool> ExecuteAsync(OpenDataDkMailRequest request, CancellationToken ct)
    {
        var organization = await db.Organizations.SingleOrDefaultAsync(o => o.Id == request.OrganizationId, ct) ?? throw Refusal.NotFound();
        if (!caller.WritesOrganization(organization.Id))
        {
            throw Refusal.Forbidden();
        }

        if (throttle.ClosedFor(caller.UserId) is { } closed)
        {
            throw Refusal.TooManyRequests((int)Math.Ceiling(closed.TotalSeconds));
        }

        var sender = await db.Users.Where(u => u.Id == caller.UserId).Select(u => new { u.Name, u.Email }).SingleOrDefaultAsync(ct);
        await SendAsync(new Mail(options.Value.Mail, Subject, Body(request, organization.Name, sender?.Name, sender?.Email)), ct);
        organization.OpenDataDkRegistered = true;
        await db.SaveChangesAsync(ct);
        return true;
    }

    private async Task SendAsync(Mail mail, CancellationToken ct)
    {
        try
        {
            await mailer.SendAsync(mail, ct);
        }
        catch (Exception exception) when (!ct.IsCancellationRequested)
        {
            LogNotSent(exception);
            throw Refusal.BadRequest(ErrorCodes.SendMailError);
        }
    }

    private static string Body(OpenDataDkMailRequest request, string organization, string? name, string? email)
    {
        var rows = new (string Label, string? Value)[]
        {
            ("Organisation i OS2IoT", organization),
            ("Organisation hos Open Data DK", request.OrganizationOddkAlias),
            ("Adresse på kataloget", request.SharingUrl),
            ("Kommentar", request.Comment),
            ("Afsender", name),
            ("Afsenders e-mail", email),
        };
        var lines = rows.Where(r => !string.IsNullOrWhiteSpace(r.Value))
            .Select(r => $"<dt>{HtmlEncoder.Default.Encode(r.Label)}</dt><dd>{HtmlEncoder.Default.Encode(r.Value!)}</dd>");
        return $"<p>En organisation vil dele data gennem OS2IoT.</p><dl>{string.Concat(lines)}</dl>";
    }

    [LoggerMessage(LogLevel.Error, "The mail to Open Data DK could not be sent")]
    private partial void LogNotSent(Exception exception);
}

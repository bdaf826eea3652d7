using System.Text;
using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Pages.Users;

namespace OS2iot.Portal.Pages.AuditLog;

/// <summary>Which lines are wanted, as the address has it.</summary>
public sealed class AuditFilter
{
    internal const int MaxOffset = 10_000;

    internal static readonly string[] Actions = ["CREATE", "UPDATE", "DELETE", "LOGIN", "RESEND"];

    [FromQuery(Name = "action")]
    public string? Action { get; set; }

    [FromQuery(Name = "type")]
    public string? Type { get; set; }

    [FromQuery(Name = "entity")]
    public string? EntityId { get; set; }

    [FromQuery(Name = "from")]
    public string? From { get; set; }

    [FromQuery(Name = "to")]
    public string? To { get; set; }

    [FromQuery(Name = "refused")]
    public bool RefusedOnly { get; set; }

    [FromQuery(Name = "of")]
    public int? OrganizationId { get; set; }

    internal string ToQuery(string? text)
    {
        var query = new StringBuilder();
        Add("action", Action);
        Add("type", Type);
        Add("entityId", EntityId);
        Add("from", Day.Read(From));
        Add("to", Day.Read(To));
        Add("q", text);
        Add("succeeded", RefusedOnly ? "false" : null);
        Add("organizationId", OrganizationId is { } id ? FormattableString.Invariant($"{id}") : null);
        return query.ToString();

        void Add(string name, string? value)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                query.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }
    }
}

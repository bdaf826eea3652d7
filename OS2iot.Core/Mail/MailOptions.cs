using System.ComponentModel.DataAnnotations;

namespace OS2iot.Core.Mail;

/// <summary>The mail server that sends for us.</summary>
public sealed class MailOptions
{
    public const string Section = "Mail";

    /// <summary>Name or address. Without it no mail is sent; the log says that there would have been one.</summary>
    public string? Host { get; set; }

    /// <summary>587 and others begin in the clear and go over to TLS; 465 is TLS from the start.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    /// <summary>Refuse to send over a connection without TLS. Only a server on this machine or network may do without.</summary>
    public bool RequireTls { get; set; } = true;

    public string? User { get; set; }

    public string? Password { get; set; }

    /// <summary>The sender's address.</summary>
    [EmailAddress]
    public string From { get; set; } = "os2iot@localhost.localdomain";

    /// <summary>For the whole exchange with the server.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}

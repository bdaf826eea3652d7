namespace OS2iot.Portal.Pages.Devices;

internal sealed class IngestOptions
{
    public const string Section = "Ingest";

    /// <summary>Where devices post to, as seen from outside; without path.</summary>
    public Uri? PublicUrl { get; set; }
}

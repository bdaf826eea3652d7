namespace OS2iot.Portal.Pages.Devices;

/// <summary>The call by which a device sends, ready for a terminal.</summary>
internal sealed record ApiCall(Uri Ingest, string Key)
{
    private const string Mask = "••••••••-••••-••••-••••-••••••••••••";

    public string Shown => Curl(Key);

    public string Masked => Curl(Mask);

    private string Curl(string key) =>
        $$"""
        curl -X POST '{{Ingest.ToString().TrimEnd('/')}}/api/v1/receive-data?apiKey={{key}}' \
          -H 'Content-Type: application/json' \
          -d '{"temperature": 21.5}'
        """;
}

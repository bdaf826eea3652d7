namespace OS2iot.Api.Kombit;

/// <summary>Sign-in by way of KOMBIT Adgangsstyring.</summary>
internal sealed class KombitOptions
{
    public const string Section = "Kombit";

    /// <summary>
    /// Origins, such as <c>https://os2iot.example.dk</c>, that browsers may be sent back to. A token goes along, so there is no other way
    /// back than these.
    /// </summary>
    public IReadOnlyList<Uri> AllowedRedirects { get; set; } = [];

    public bool Allows(Uri redirect) => redirect.IsAbsoluteUri && redirect.UserInfo.Length == 0
        && AllowedRedirects.Any(allowed => Uri.Compare(allowed, redirect, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0);
}

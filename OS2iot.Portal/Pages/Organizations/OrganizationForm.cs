namespace OS2iot.Portal.Pages.Organizations;

internal sealed class OrganizationForm
{
    public static readonly string[] Fields = ["name"];

    public string? Name { get; set; }
}

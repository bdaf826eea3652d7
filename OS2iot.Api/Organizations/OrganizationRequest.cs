using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Organizations;

internal sealed class OrganizationRequest : IBodyRequest
{
    public static Shape Shape { get; } = new()
    {
        ["name"] = Is.Text().Length(1, Organization.NameMaxLength).NotBlank(),
    };

    public string Name { get; init; } = "";
}

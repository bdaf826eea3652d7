using FastEndpoints;

namespace OS2iot.Api.Http;

/// <summary>Says what this is to somebody who opens the address.</summary>
[Answers(typeof(string), "text/plain", Example = "OS2IoT backend - See /api/v1/docs for Swagger")]
internal sealed class GetRoot : EndpointWithoutRequest
{
    public override void Configure()
    {
        Get("");
        AllowAnonymous(); // names the product and nothing else
    }

    public override Task HandleAsync(CancellationToken ct) =>
        Send.StringAsync("OS2IoT backend - See /api/v1/docs for Swagger", cancellation: ct);
}

using System.Text;
using OS2iot.Core.DataTargets;
using OS2iot.Core.DataTargets.HttpPush;

namespace OS2iot.Tests.DataTargets;

public sealed class HttpPushSenderTests : HttpSenderContract<HttpPushSettings>
{
    protected override HttpPushSettings SettingsFor(Uri url, int timeoutMs = 5_000) =>
        new() { Url = url.ToString(), Timeout = timeoutMs, AuthorizationHeader = "Bearer a-secret-of-ours" };

    [Fact]
    public async Task Send_PostsThePayloadByteForByteWithItsId()
    {
        await SendAsync();

        var (headers, body, protocol) = Assert.Single(Target.Received);
        Assert.Equal("""[{"a":1}]""", Encoding.UTF8.GetString(body));
        Assert.Equal("application/json", headers.ContentType);
        Assert.Equal("Bearer a-secret-of-ours", headers.Authorization);
        Assert.Equal("0199f0c4-0000-7000-8000-000000000001", headers["webhook-id"]);
        Assert.Equal("0199f0c4-0000-7000-8000-000000000001", headers["Idempotency-Key"]);
        Assert.Equal("HTTP/1.1", protocol);
    }

    [Fact]
    public async Task Send_WhenTheTargetSaysWhy_PassesTheReasonOn()
    {
        Target.Answers(400, body: "unknown\r\n  sensor");

        Assert.Equal("The target answered 400. It said: unknown sensor", (await SendAsync()).Error);
    }

    [Fact]
    public async Task Send_WhenTheTargetEchoesTheSecret_KeepsItOut()
    {
        Target.Answers(401, body: "not a-secret-of-ours");

        Assert.Equal("The target answered 401.", (await SendAsync()).Error);
    }

    [Theory]
    [InlineData("mqtt://target.example/", "Basic x")]
    [InlineData("no address", "Basic x")]
    [InlineData("https://target.example/", "Basic x\r\nX-Other: y")]
    public async Task Send_WhenTheSettingsMakeNoRequest_IsRefused(string url, string authorization)
    {
        var result = await SendAsync(new HttpPushSettings { Url = url, AuthorizationHeader = authorization });

        Assert.Equal(DeliveryOutcome.Refused, result.Outcome);
    }
}

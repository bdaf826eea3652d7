using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OS2iot.Core.DataTargets;
using OS2iot.Core.DataTargets.Egress;
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

    [Fact]
    public async Task Send_WithSigningSecrets_SignsWithEach()
    {
        const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        const string Former = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        var settings = SettingsFor(Target.Url);
        (settings.SigningSecret, settings.PreviousSigningSecret) = (Secret, Former);

        await SendAsync(settings);

        var (headers, body, _) = Assert.Single(Target.Received);
        var signed = Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{Now.ToUnixTimeSeconds()}.{Encoding.UTF8.GetString(body)}");
        string Signature(string secret) => "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed));
        Assert.Equal(Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), headers["webhook-timestamp"]);
        Assert.Equal($"{Signature(Secret)} {Signature(Former)}", headers["webhook-signature"]);
    }

    [Fact]
    public async Task Send_WithMethodHeadersAndParameters_SendsThem()
    {
        var settings = new HttpPushSettings
        {
            Url = Target.Url + "in?a=1",
            Method = "PUT",
            BasicUsername = "os2iot",
            BasicPassword = "pass:word",
            Headers = "X-Api-Key: a-secret-key\r\nX-Other: 2",
            UrlParameters = "token=a secret&more",
        };

        Assert.Equal(DeliveryOutcome.Delivered, (await SendAsync(settings)).Outcome);

        var (headers, _, _) = Assert.Single(Target.Received);
        Assert.Equal("/in?a=1&token=a%20secret%26more", Target.Paths.Single());
        Assert.Equal("Basic " + Convert.ToBase64String("os2iot:pass:word"u8), headers.Authorization);
        Assert.Equal(("a-secret-key", "2"), (headers["X-Api-Key"].ToString(), headers["X-Other"].ToString()));
    }

    [Theory]
    [InlineData("Host: other.example")]
    [InlineData("Content-Length: 1")]
    [InlineData("no pair")]
    [InlineData("X-A: \u0007")]
    public async Task Send_WhenAHeaderIsNotTheUsersOrNone_IsRefusedUnsent(string header)
    {
        var settings = SettingsFor(Target.Url);
        settings.Headers = header;

        Assert.Equal(DeliveryOutcome.Refused, (await SendAsync(settings)).Outcome);
        Assert.Empty(Target.Received);
    }

    [Theory]
    [InlineData("key is a-secret-key")]
    [InlineData("token is s3cret%26more")]
    [InlineData("password is pass-word")]
    public async Task Send_WhenTheTargetEchoesAnySecret_KeepsItOut(string body)
    {
        var settings = new HttpPushSettings
        {
            Url = Target.Url.ToString(),
            BasicUsername = "u",
            BasicPassword = "pass-word",
            Headers = "X-Api-Key: a-secret-key",
            UrlParameters = "token=s3cret&more",
        };
        Target.Answers(400, body: body);

        Assert.Equal("The target answered 400.", (await SendAsync(settings)).Error);
    }

    [Fact]
    public async Task Send_InAnEnvelope_TellsWhoseMessageItIs()
    {
        var settings = SettingsFor(Target.Url);
        settings.BodyFormat = HttpPushSettings.Envelope;

        await SendAsync(settings);

        Assert.Equal(
            """{"messageId":"0199f0c4-0000-7000-8000-000000000001","deviceId":1,"applicationId":2,"organizationId":3,"receivedAt":"2026-05-04T03:02:01Z","sentAt":"2026-05-04T03:02:01Z","payload":[{"a":1}]}""",
            Encoding.UTF8.GetString(Assert.Single(Target.Received).Body));
    }

    [Fact]
    public async Task Send_WithClientCredentials_SendsWithAToken()
    {
        await using var identity = await FakeTarget.StartAsync();
        identity.Answer = context => context.Response.WriteAsJsonAsync(new { access_token = "a-token", expires_in = 3600 });
        using var host = Host([Target.Url.Authority, identity.Url.Authority]);
        var settings = new HttpPushSettings
        {
            Url = Target.Url.ToString(),
            TokenEndpoint = identity.Url.ToString(),
            ClientId = "os2iot",
            ClientSecret = "client-secret",
            TokenScope = "write",
        };

        Assert.Equal(DeliveryOutcome.Delivered, (await SendAsync(settings, host)).Outcome);

        Assert.Equal("Bearer a-token", Assert.Single(Target.Received).Headers.Authorization);
        Assert.EndsWith("&scope=write", Encoding.UTF8.GetString(Assert.Single(identity.Received).Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WhenCertificateAndKeyDoNotBelongTogether_IsRefusedUnsent()
    {
        using var certificate = FakeTarget.SelfSigned("client");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var settings = SettingsFor(Target.Url);
        (settings.ClientCertificate, settings.ClientKey) = (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());

        var result = await SendAsync(settings);

        Assert.Equal(DeliveryOutcome.Refused, result.Outcome);
        Assert.Contains("client certificate", result.Error, StringComparison.Ordinal);
        Assert.Empty(Target.Received);
    }

    [Fact]
    public void ACertifiedClient_OfTwoIdentities_IsNotShared()
    {
        using var one = FakeTarget.SelfSigned("one");
        using var two = FakeTarget.SelfSigned("two");
        var clients = Services.GetRequiredService<CertifiedClients>();
        HttpClient Of(X509Certificate2 certificate)
        {
            using var key = certificate.GetECDsaPrivateKey()!;
            Assert.True(clients.TryGet(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), out var client));
            return client;
        }

        Assert.Same(Of(one), Of(one));
        Assert.NotSame(Of(one), Of(two));
    }
}

using System.Net;
using Microsoft.AspNetCore.Http;

namespace OS2iot.Tests.Portal;

public sealed class MqttPageTests : IAsyncLifetime
{
    private FakeApi _api = null!;

    private RunningPortal _portal = null!;

    private static string ByPassword => $"/devices/{FakeApi.MqttByPassword}";

    private static string ByCertificate => $"/devices/{FakeApi.MqttByCertificate}";

    private static string Subscription => $"/devices/{FakeApi.MqttSubscription}";

    public async ValueTask InitializeAsync()
    {
        _api = await FakeApi.StartAsync();
        _portal = new RunningPortal(_api.Address);
    }

    public async ValueTask DisposeAsync()
    {
        await _portal.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Device_AtOurBroker_IsCreatedWithItsCredential()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/applications/1/devices/new?type=MQTT_INTERNAL_BROKER");
        await visitor.SubmitAsync("main form", ("Form.Name", "Måler"), ("Form.Mqtt.MqttUsername", "måler-1"), ("Form.Mqtt.MqttPassword", "hemmelig"));

        var body = _api.Bodies.Last(b => b.Request == "POST /api/v1/iot-device").Body!;
        Assert.Equal("MQTT_INTERNAL_BROKER", (string)body["type"]!);
        Assert.Equal(
            """{"authenticationType":"PASSWORD","mqttusername":"m\u00E5ler-1","mqttpassword":"hemmelig"}""", body["mqttInternalBrokerSettings"]!.ToJsonString());
    }

    [Fact]
    public async Task Subscription_WhenCreated_SendsWhatItNeeds()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/applications/1/devices/new?type=MQTT_EXTERNAL_BROKER");
        await visitor.SubmitAsync(
            "main form", ("Form.Name", "Nabo"), ("Form.Mqtt.MqttURL", "mqtts://broker.example.dk"), ("Form.Mqtt.MqttPort", "8883"), ("Form.Mqtt.MqttTopicName", "a/#"),
            ("Form.Mqtt.MqttQos", "2"), ("Form.Mqtt.AuthenticationType", "CERTIFICATE"), ("Form.Mqtt.CaCertificate", "ca"),
            ("Form.Mqtt.DeviceCertificate", "certificate"), ("Form.Mqtt.DeviceCertificateKey", "key"));

        var settings = _api.Bodies.Last(b => b.Request == "POST /api/v1/iot-device").Body!["mqttExternalBrokerSettings"]!;
        Assert.Equal(("mqtts://broker.example.dk", 8883, "a/#", 2), ((string)settings["mqttURL"]!, (int)settings["mqttPort"]!, (string)settings["mqtttopicname"]!, (int)settings["mqttQos"]!));
        Assert.Equal(("CERTIFICATE", "ca", "certificate", "key"), ((string)settings["authenticationType"]!, (string)settings["caCertificate"]!, (string)settings["deviceCertificate"]!, (string)settings["deviceCertificateKey"]!));
        Assert.Null(settings["mqttpassword"]);
    }

    [Fact]
    public async Task Device_WhenEditedUnchanged_KeepsItsCredential()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync(Subscription + "/edit");
        await visitor.SubmitAsync("main form");

        var body = _api.Bodies.Last(b => b.Request == $"PUT /api/v1/iot-device/{FakeApi.MqttSubscription}").Body!;
        Assert.Equal("MQTT_EXTERNAL_BROKER", (string)body["type"]!);
        Assert.Equal(FakeApi.DevicePassword, (string)body["mqttExternalBrokerSettings"]!["mqttpassword"]!);
        Assert.Equal(2, (int)body["mqttExternalBrokerSettings"]!["mqttQos"]!);
    }

    [Fact]
    public async Task Device_WhenTheApiRefusesItsSettings_SaysSoAtTheFields()
    {
        _api.Instead["POST /api/v1/iot-device"] = () => Results.Text(
            """
            {"statusCode":400,"error":"Bad Request","message":[{"property":"mqttExternalBrokerSettings","children":[
              {"property":"mqttURL","children":[],"constraints":{"isUrl":"mqttURL er ikke en gyldig url"}},
              {"property":"mqttusername","children":[],"constraints":{"minLength":"mqttusername must be longer than or equal to 1 characters"}}]}]}
            """, "application/json", statusCode: 400);
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync("/applications/1/devices/new?type=MQTT_EXTERNAL_BROKER");
        await visitor.SubmitAsync("main form", ("Form.Name", "x"), ("Form.Mqtt.MqttURL", "broker"));

        Assert.Contains("mqtts://", visitor.Page.QuerySelector("#Form-Mqtt-MqttURL-error")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("mindst 1", visitor.Page.QuerySelector("#Form-Mqtt-MqttUsername-error")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Port_ThatIsNone_IsSaidAndNothingSent()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync(Subscription + "/edit");
        await visitor.SubmitAsync("main form", ("Form.Mqtt.MqttPort", "70000"));

        Assert.NotNull(visitor.Page.QuerySelector("#Form-Mqtt-MqttPort-error"));
        Assert.DoesNotContain(_api.Requests, r => r.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Line_ToSendBy_HidesThePasswordUntilAskedFor()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync(ByPassword);

        var shown = visitor.Page.QuerySelector("#mqtt-call")!;
        Assert.Contains($"-u 'o'\\''Måler' -P '{FakeApi.DevicePassword}'", shown.TextContent, StringComparison.Ordinal);
        Assert.NotNull(shown.Closest("details:not([open])"));
        shown.Remove();
        Assert.DoesNotContain(FakeApi.DevicePassword, visitor.Page.Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_OfADevice_AreNotShownToReaders()
    {
        (_api.IsGlobalAdmin, _api.MayWrite) = (false, false);
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync(ByPassword);

        Assert.Null(visitor.Page.QuerySelector("#mqtt-call"));
        Assert.Contains("vises kun for dem", visitor.Html, StringComparison.Ordinal);
        await visitor.OpenAsync(ByCertificate + "/certificate");
        Assert.Equal(HttpStatusCode.Forbidden, visitor.Answer.StatusCode);
    }

    [Fact]
    public async Task Certificate_IsDownloadedAndRenewed()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync(ByCertificate + "/certificate");
        var forms = visitor.Page.QuerySelectorAll("main form").Select(f => f.GetAttribute("action")!).ToArray();
        Assert.Equal(3, forms.Length);
        await visitor.SubmitAsync($"form[action='{forms[1]}']", ("FilePassword", "filens kode"));
        Assert.Equal("a certificate", visitor.Html);
        Assert.Equal($"device-{FakeApi.MqttByCertificate}.p12", visitor.Answer.Content.Headers.ContentDisposition!.FileName);
        Assert.Equal("filens kode", (string)_api.Bodies[^1].Body!["password"]!);

        await visitor.OpenAsync(ByCertificate + "/certificate");
        await visitor.SubmitAsync($"form[action='{forms[2]}']", ("OverlapDays", "7"));
        Assert.Equal(7, (int)_api.Bodies[^1].Body!["overlapDays"]!);
        Assert.Equal(ByCertificate + "/certificate", visitor.Answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Connection_IsShownAsItStandsNow()
    {
        using var visitor = await SignedInAsync();
        await visitor.OpenAsync(Subscription);
        Assert.NotNull(visitor.Page.QuerySelector("[data-refresh] .state-ok"));

        _api.ConnectionState = "FAILED";
        await visitor.OpenAsync(visitor.Page.QuerySelector("[data-refresh]")!.GetAttribute("data-refresh")!);
        Assert.NotNull(visitor.Page.QuerySelector("[data-fresh] .state-dead"));
        Assert.Contains("refused the user name", visitor.Html, StringComparison.Ordinal);
    }

    private async Task<Visitor> SignedInAsync(string language = "da")
    {
        var visitor = new Visitor(_portal, language);
        await visitor.SignInAsync();
        return visitor;
    }
}

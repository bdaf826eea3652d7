using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using OS2iot.Core.MqttDevices;
using OS2iot.Tests.Api;

namespace OS2iot.Tests.MqttDevices;

[Collection(ApiCollection.Name)]
[Trait("Category", "Contract")]
public sealed class MqttDeviceTests(ApiHost api)
{
    private static readonly string[] Shared =
    [
        "authenticationType", "caCertificate", "deviceCertificate", "deviceCertificateKey", "mqttPort", "mqttURL", "mqttpassword", "mqtttopicname", "mqttusername",
    ];

    [Fact]
    [Covers("POST /iot-device")]
    [Covers("GET /iot-device/:id")]
    public async Task Internal_WhenByPassword_HasItsTopicAndShowsThePasswordToWritersOnly()
    {
        var (organization, application, admin) = await ApplicationAsync();
        var username = Name();

        var created = (await admin.Post("iot-device", Internal(application, username))).Is(HttpStatusCode.Created);

        var id = created.Id();
        Assert.Empty(Shared.Except(created.Json.EnumerateObject().Select(m => m.Name)));
        Assert.Equal("write", created["permissions"].GetString());
        Assert.Equal(JsonValueKind.Null, created["mqttpasswordhash"].ValueKind);
        Assert.Equal(JsonValueKind.Null, created["mqttpassword"].ValueKind);
        var settings = (await admin.Get($"iot-device/{id}")).Is(HttpStatusCode.OK)["mqttInternalBrokerSettings"];
        Assert.Equal(
            Shared.Append("permissions").Append("downlinkTopic").Order(StringComparer.Ordinal), settings.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal));
        Assert.Equal(
            ("PASSWORD", username, "kodeord-1", "mqtts://localhost", 8885, $"device/{organization}/{application}/{id}"),
            (Text(settings, "authenticationType"), Text(settings, "mqttusername"), Text(settings, "mqttpassword"), Text(settings, "mqttURL"),
                settings.GetProperty("mqttPort").GetInt32(), Text(settings, "mqtttopicname")));
        Assert.Contains("BEGIN CERTIFICATE", Text(settings, "caCertificate"), StringComparison.Ordinal);
        Assert.Null(Text(settings, "deviceCertificate"));

        var reader = (await (await api.SignedInAsReaderOf(organization, application)).Get($"iot-device/{id}")).Is(HttpStatusCode.OK);
        Assert.Null(Text(reader["mqttInternalBrokerSettings"], "mqttpassword"));
        Assert.DoesNotContain("kodeord-1", reader.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("kodeord-1", await api.Database.ScalarAsync<string>($"SELECT mqtt_password_ciphertext || mqtt_password_hash FROM devices WHERE id = {id}"), StringComparison.Ordinal);
        Assert.True(MqttPasswordHash.Verify("kodeord-1", await api.Database.ScalarAsync<string>($"SELECT mqtt_password_hash FROM devices WHERE id = {id}")));
        Assert.DoesNotContain("kodeord-1", await api.Database.ScalarAsync<string>($"SELECT string_agg(after::text, '') FROM audit_entries WHERE type = 'IoTDevice' AND entity_id = '{id}'"), StringComparison.Ordinal);
    }

    [Fact]
    [Covers("POST /iot-device")]
    [Covers("PUT /iot-device/:id")]
    public async Task Internal_WhenByCertificate_HasOneOfOursWithItsIdAsName()
    {
        var (organization, application, admin) = await ApplicationAsync();
        var body = new { name = "SuperUser", type = "MQTT_INTERNAL_BROKER", applicationId = application, mqttInternalBrokerSettings = new { authenticationType = "CERTIFICATE" } };

        var id = (await admin.Post("iot-device", body)).Id();

        var settings = (await admin.Get($"iot-device/{id}"))["mqttInternalBrokerSettings"];
        Assert.Equal(("CERTIFICATE", $"{id}", 8884), (Text(settings, "authenticationType"), Text(settings, "mqttusername"), settings.GetProperty("mqttPort").GetInt32()));
        using var certificate = X509Certificate2.CreateFromPem(Text(settings, "deviceCertificate"), Text(settings, "deviceCertificateKey"));
        using var authority = X509Certificate2.CreateFromPem(Text(settings, "caCertificate"));
        Assert.Equal($"CN={id}", certificate.Subject);
        Assert.InRange(certificate.NotAfter - certificate.NotBefore, TimeSpan.FromDays(729), TimeSpan.FromDays(732));
        Assert.Equal(256, certificate.GetECDsaPublicKey()!.KeySize);
        Assert.True(IsIssuedBy(certificate, authority));

        // The same certificate after a change that has nothing to do with it.
        (await admin.Put($"iot-device/{id}", new { id, name = "renamed", body.type, body.applicationId, body.mqttInternalBrokerSettings })).Is(HttpStatusCode.OK);
        Assert.Equal(Text(settings, "deviceCertificate"), Text((await admin.Get($"iot-device/{id}"))["mqttInternalBrokerSettings"], "deviceCertificate"));

        var reader = (await (await api.SignedInAsReaderOf(organization, application)).Get($"iot-device/{id}")).Is(HttpStatusCode.OK);
        Assert.DoesNotContain("PRIVATE KEY", reader.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", await api.Database.ScalarAsync<string>($"SELECT mqtt_username || device_certificate_key_ciphertext FROM devices WHERE id = {id}"), StringComparison.Ordinal);
    }

    [Fact]
    [Covers("PUT /iot-device/:id")]
    public async Task Internal_WhenItChangesItsAuthentication_LeavesNothingOfTheOther()
    {
        var (_, application, admin) = await ApplicationAsync();
        var username = Name();
        var id = (await admin.Post("iot-device", Internal(application, username))).Id();
        object With(object mqttInternalBrokerSettings) => new { id, name = "x", type = "MQTT_INTERNAL_BROKER", applicationId = application, mqttInternalBrokerSettings };

        var certificate = (await admin.Put($"iot-device/{id}", With(new { authenticationType = "CERTIFICATE" }))).Is(HttpStatusCode.OK)["mqttInternalBrokerSettings"];
        Assert.Equal(($"{id}", (string?)null), (Text(certificate, "mqttusername"), Text(certificate, "mqttpassword")));
        Assert.NotNull(Text(certificate, "deviceCertificate"));
        var password = (await admin.Put($"iot-device/{id}", With(new { authenticationType = "PASSWORD", mqttusername = username, mqttpassword = "other" }))).Is(HttpStatusCode.OK)["mqttInternalBrokerSettings"];
        Assert.Equal((username, "other"), (Text(password, "mqttusername"), Text(password, "mqttpassword")));
        Assert.Null(Text(password, "deviceCertificate"));
        Assert.Null(Text(password, "deviceCertificateKey"));
        var kept = (await admin.Put($"iot-device/{id}", new { id, name = "y", type = "MQTT_INTERNAL_BROKER", applicationId = application })).Is(HttpStatusCode.OK)["mqttInternalBrokerSettings"];
        Assert.Equal("other", Text(kept, "mqttpassword"));
    }

    [Fact]
    [Covers("PUT /iot-device/:id")]
    [Covers("PUT /application/:id")]
    public async Task Internal_WhenMoved_HasTheTopicOfItsNewPlace()
    {
        var (organization, application, _) = await ApplicationAsync();
        var admin = await api.SignedInAsGlobalAdmin();
        var id = (await admin.Post("iot-device", Internal(application, Name()))).Id();
        var second = await api.AnApplication(organization);

        var moved = (await admin.Put($"iot-device/{id}", new { id, name = "x", type = "MQTT_INTERNAL_BROKER", applicationId = second })).Is(HttpStatusCode.OK);
        Assert.Equal($"device/{organization}/{second}/{id}", moved["mqtttopicname"].GetString());

        var elsewhere = await api.AnOrganization();
        (await admin.Put($"application/{second}", new { name = ApiHost.Name("moved"), organizationId = elsewhere })).Is(HttpStatusCode.OK);
        Assert.Equal($"device/{elsewhere}/{second}/{id}", (await admin.Get($"iot-device/{id}"))["mqtttopicname"].GetString());
    }

    [Fact]
    [Covers("POST /iot-device")]
    public async Task Internal_WhenTheNameIsAnothersOrOurs_IsRefused()
    {
        var (_, application, admin) = await ApplicationAsync();
        var (_, foreign, foreigner) = await ApplicationAsync();
        var username = Name();
        (await admin.Post("iot-device", Internal(application, username))).Is(HttpStatusCode.Created);

        foreach (var taken in new[] { username, "12345", "os2iot", "OS2IOT-ingest", "a\u0007b" })
        {
            (await foreigner.Post("iot-device", Internal(foreign, taken)))
                .IsRefused(HttpStatusCode.BadRequest, """{"message":"MESSAGE.NAME-INVALID-OR-ALREADY-IN-USE"}""");
        }
    }

    [Fact]
    [Covers("POST /iot-device")]
    public async Task Internal_WhenSettingsAreWrong_NamesEveryRule()
    {
        var (_, application, admin) = await ApplicationAsync();
        Task<Answer> Post(object? mqttInternalBrokerSettings) =>
            admin.Post("iot-device", new { name = "x", type = "MQTT_INTERNAL_BROKER", applicationId = application, mqttInternalBrokerSettings });

        (await Post(null)).IsRefused(HttpStatusCode.BadRequest, """{"message":"mqttInternalBrokerSettings must be sent for a device of type MQTT_INTERNAL_BROKER"}""");
        Assert.Equal(["authenticationType:isEnum"], Children(await Post(new { authenticationType = "NONE" })));
        Assert.Equal(
            ["mqttpassword:isString,maxLength,minLength", "mqttusername:minLength"],
            Children(await Post(new { authenticationType = "PASSWORD", mqttusername = "" })));
        Assert.Equal(["mqttusername:maxLength"], Children(await Post(new { authenticationType = "PASSWORD", mqttusername = new string('x', 251), mqttpassword = "secret-word" })));
        Assert.DoesNotContain("secret-word", (await Post(new { authenticationType = "PASSWORD", mqttpassword = "secret-word" })).Text, StringComparison.Ordinal);
    }

    [Fact]
    [Covers("POST /iot-device")]
    [Covers("GET /iot-device/:id")]
    [Covers("PUT /iot-device/:id")]
    public async Task External_WhenByPassword_ShowsItToWritersAndIsTriedAgainWhenSaved()
    {
        var (organization, application, admin) = await ApplicationAsync();
        var body = External(application, new { mqttURL = "mqtts://broker.example.dk", mqttPort = 8883, mqtttopicname = "a/+/b", authenticationType = "PASSWORD", mqttusername = "u", mqttpassword = "kodeord-2" });

        var created = (await admin.Post("iot-device", body)).Is(HttpStatusCode.Created);
        var id = created.Id();

        Assert.Empty(Shared.Append("invalidMqttConfig").Except(created.Json.EnumerateObject().Select(m => m.Name)));
        Assert.False(created.Json.TryGetProperty("permissions", out _));
        Assert.Equal(JsonValueKind.Null, created["mqttpassword"].ValueKind);
        var settings = (await admin.Get($"iot-device/{id}"))["mqttExternalBrokerSettings"];
        Assert.Equal(
            new[] { "connectionError", "connectionSince", "connectionState", "invalidMqttConfig", "mqttQos", "permissions" }.Concat(Shared).Order(StringComparer.Ordinal),
            settings.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal));
        Assert.Equal(("kodeord-2", "read", "a/+/b", 8883), (Text(settings, "mqttpassword"), Text(settings, "permissions"), Text(settings, "mqtttopicname"), settings.GetProperty("mqttPort").GetInt32()));
        var reader = await (await api.SignedInAsReaderOf(organization, application)).Get($"iot-device/{id}");
        Assert.DoesNotContain("kodeord-2", reader.Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);

        await api.Database.ExecuteAsync($"UPDATE devices SET invalid_mqtt_config = true, mqtt_connection_error = 'refused' WHERE id = {id}");
        Assert.True((await admin.Get($"iot-device/{id}"))["mqttExternalBrokerSettings"].GetProperty("invalidMqttConfig").GetBoolean());
        var saved = (await admin.Put($"iot-device/{id}", External(application, new { mqttURL = "mqtt://b", mqttPort = 0, mqtttopicname = "t", authenticationType = "PASSWORD", mqttusername = "u", mqttpassword = "p" }, id))).Is(HttpStatusCode.OK);
        Assert.False(saved["invalidMqttConfig"].GetBoolean());
        Assert.Null(Text(saved["mqttExternalBrokerSettings"], "connectionError"));
    }

    [Fact]
    [Covers("POST /iot-device")]
    public async Task External_WhenByCertificate_KeepsTheKeyEncrypted()
    {
        var (organization, application, admin) = await ApplicationAsync();
        var (certificate, key) = Pem();

        var created = (await admin.Post("iot-device", External(application, new
        {
            mqttURL = "mqtts://broker.example.dk",
            mqttPort = 8883,
            mqtttopicname = "t",
            authenticationType = "CERTIFICATE",
            caCertificate = certificate,
            deviceCertificate = certificate,
            deviceCertificateKey = key,
        }))).Is(HttpStatusCode.Created);

        Assert.Equal((certificate, key), (Text(created["mqttExternalBrokerSettings"], "caCertificate"), Text(created["mqttExternalBrokerSettings"], "deviceCertificateKey")));
        Assert.DoesNotContain("PRIVATE KEY", await api.Database.ScalarAsync<string>($"SELECT device_certificate_key_ciphertext FROM devices WHERE id = {created.Id()}"), StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", (await (await api.SignedInAsReaderOf(organization, application)).Get($"iot-device/{created.Id()}")).Text, StringComparison.Ordinal);
    }

    [Fact]
    [Covers("POST /iot-device")]
    public async Task External_WhenSettingsAreWrong_SaysSoInDanish()
    {
        var (_, application, admin) = await ApplicationAsync();
        Task<Answer> Post(object? settings) => admin.Post("iot-device", External(application, settings));

        (await Post(null)).IsRefused(HttpStatusCode.BadRequest, """{"message":"mqttExternalBrokerSettings must be sent for a device of type MQTT_EXTERNAL_BROKER"}""");
        var nothing = (await Post(new { })).Is(HttpStatusCode.BadRequest);
        foreach (var text in new[] { "Der skal tilføjes protokol (mqtt/mqtts) på url", "Port skal udfyldes", "Der skal vælges en autentifikations type" })
        {
            Assert.Contains(text, nothing.Text, StringComparison.Ordinal);
        }

        Assert.Contains("Port skal være over 0", (await Post(new { mqttPort = -1 })).Text, StringComparison.Ordinal);
        Assert.Contains("Port skal være under 65535", (await Post(new { mqttPort = 65536 })).Text, StringComparison.Ordinal);
        var certificates = (await Post(new { authenticationType = "CERTIFICATE", caCertificate = "x", deviceCertificate = Pem().Key, deviceCertificateKey = Pem().Certificate })).Is(HttpStatusCode.BadRequest);
        foreach (var text in new[] { "CA certifikatet mangler eller er forkert format", "Enheds certifikat mangler eller er forkert format", "Enheds certifikatnøgle mangler eller er forkert format" })
        {
            Assert.Contains(text, certificates.Text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("PRIVATE KEY", (await Post(new { authenticationType = "CERTIFICATE", deviceCertificateKey = Pem().Key })).Text, StringComparison.Ordinal);
        foreach (var url in new[] { "http://x", "mqtt://", "broker.example.dk", "mqtts://a b" })
        {
            Assert.Contains("mqttURL:matches", Children(await Post(new { mqttURL = url, mqttPort = 1, mqtttopicname = "t", authenticationType = "PASSWORD", mqttusername = "u", mqttpassword = "p" })));
        }
    }

    [Theory]
    [InlineData("SIGFOX", "sigfoxSettings", "deviceId,groupId,connectToExistingDeviceInBackend,deviceTypeId,pac,endProductCertificate,prototype")]
    [InlineData("MQTT_INTERNAL_BROKER", "mqttInternalBrokerSettings", "authenticationType,mqttusername,mqttpassword")]
    [InlineData(
        "MQTT_EXTERNAL_BROKER", "mqttExternalBrokerSettings",
        "mqttURL,mqttPort,mqtttopicname,authenticationType,mqttusername,mqttpassword,caCertificate,deviceCertificate,deviceCertificateKey")]
    public async Task Settings_WhateverTheyHold_AreNeverAFailureOfOurs(string type, string name, string members)
    {
        var (_, application, admin) = await ApplicationAsync();
        string[] values =
        [
            "null", "true", "false", "-1", "0", "1", "1.0", "1.5", "1e400", "99999999999999999999", "\"\"", "\" \"", "\"x\"", "\"æøå\"", "[]", "{}",
            "[[{}]]", "\"PASSWORD\"", "\"CERTIFICATE\"", $"\"{new string('a', 60_000)}\"", "\"-----BEGIN CERTIFICATE-----\"",
        ];
        string[] settings =
        [
            .. values, .. members.Split(',').SelectMany(m => values.Select(v => $$"""{"authenticationType":"PASSWORD","{{m}}":{{v}}}""")),
            .. members.Split(',').SelectMany(m => values.Select(v => $$"""{"authenticationType":"CERTIFICATE","connectToExistingDeviceInBackend":true,"deviceId":"1","groupId":1,"mqttURL":"mqtt://x","mqttPort":1,"mqtttopicname":"t","{{m}}":{{v}}}""")),
        ];

        foreach (var sent in settings)
        {
            var answer = await admin.PostText("iot-device", $$"""{"name":"x","type":"{{type}}","applicationId":{{application}},"{{name}}":{{sent}}}""");
            Assert.True((int)answer.Status is 400 or 201, $"{(int)answer.Status} {answer.Text} for {sent[..Math.Min(sent.Length, 200)]}");
        }
    }

    [Fact]
    public async Task Settings_WhenOfAnotherType_AreNotLookedAt()
    {
        var (_, application, admin) = await ApplicationAsync();

        (await admin.Post("iot-device", new { name = "x", type = "GENERIC_HTTP", applicationId = application, mqttExternalBrokerSettings = new { mqttPort = "?" }, sigfoxSettings = 7, mqttInternalBrokerSettings = (object?)null }))
            .Is(HttpStatusCode.Created);
    }

    private static bool IsIssuedBy(X509Certificate2 certificate, X509Certificate2 authority)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2"));
        return chain.Build(certificate);
    }

    private static (string Certificate, string Key) Pem()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static string Name() => $"device-{Guid.NewGuid():N}";

    private static string? Text(JsonElement settings, string name) => settings.GetProperty(name).GetString();

    private static object Internal(int applicationId, string mqttusername) => new
    {
        name = "x",
        type = "MQTT_INTERNAL_BROKER",
        applicationId,
        mqttInternalBrokerSettings = new { authenticationType = "PASSWORD", mqttusername, mqttpassword = "kodeord-1" },
    };

    private static object External(int applicationId, object? mqttExternalBrokerSettings, int id = 1) => new { id, name = "x", type = "MQTT_EXTERNAL_BROKER", applicationId, mqttExternalBrokerSettings };

    /// <summary>The broken rules of the one member that has children.</summary>
    private static string[] Children(Answer answer) =>
    [
        .. answer.Is(HttpStatusCode.BadRequest)["message"].EnumerateArray().Single().GetProperty("children").EnumerateArray()
            .Select(c => $"{c.GetProperty("property").GetString()}:{string.Join(',', c.GetProperty("constraints").EnumerateObject().Select(r => r.Name).Order())}").Order(),
    ];

    private async Task<(int Organization, int Application, ApiClient Admin)> ApplicationAsync()
    {
        var organization = await api.AnOrganization();
        var application = await api.AnApplication(organization);
        return (organization, application, await api.SignedInAsApplicationAdminOf(organization, application));
    }
}

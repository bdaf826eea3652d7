using System.Net;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
public sealed class NetworkEventTests(ApiHost api)
{
    [Fact]
    public async Task DeviceEvents_AreShownNewestFirstWithWhatTheNetworkWrote()
    {
        var world = await api.AWorld();
        await api.Database.ExecuteAsync(
            $$"""
            INSERT INTO network_events (id, received_at, kind, device_id, deduplication_id, payload)
            VALUES (gen_random_uuid(), now() - interval '2 minutes', 'join', {{world.Device}}, gen_random_uuid(), convert_to('{"devAddr":"00abcdef"}', 'UTF8')),
                   (gen_random_uuid(), now() - interval '1 minute', 'log', {{world.Device}}, gen_random_uuid(), convert_to('{ "level" : "ERROR" }', 'UTF8'))
            """);
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);

        var events = (await reader.Get($"iot-device/{world.Device}/network-events?limit=1")).Is(HttpStatusCode.OK);
        var older = (await reader.Get($"iot-device/{world.Device}/network-events?offset=1")).Is(HttpStatusCode.OK);

        Assert.Equal(2, events["count"].GetInt32());
        Assert.Equal("log", events["data"][0].GetProperty("kind").GetString());
        Assert.Equal("""{ "level" : "ERROR" }""", events["data"][0].GetProperty("payload").GetRawText());
        Assert.Equal("00abcdef", older["data"][0].GetProperty("payload").GetProperty("devAddr").GetString());
    }

    [Fact]
    public async Task GatewayFrames_WhenTheDeviceIsOfOthers_DontNameIt()
    {
        var (own, other) = (await api.AWorld(), await api.AWorld());
        await api.Database.ExecuteAsync(
            $"""
            INSERT INTO receptions (message_id, received_at, device_id, gateway_eui, rssi, snr, dr, spreading_factor, frequency, f_cnt)
            VALUES (gen_random_uuid(), now(), {own.Device}, '{own.Gateway}', -71, 9.5, 5, 7, 868100000, 17),
                   (gen_random_uuid(), now() - interval '1 minute', {other.Device}, '{own.Gateway}', -101, -4, 0, 12, 868300000, 3)
            """);
        var reader = await api.SignedInAsReaderOf(own.Organization, own.Application);

        var frames = (await reader.Get($"chirpstack/gateway/{own.Gateway}/frames")).Is(HttpStatusCode.OK);
        var page = (await reader.Get($"chirpstack/gateway/{own.Gateway}/frames?limit=1")).Is(HttpStatusCode.OK);

        Assert.Equal(own.Device, frames["data"][0].GetProperty("deviceId").GetInt32());
        Assert.Equal((-71d, 7), (frames["data"][0].GetProperty("rssi").GetDouble(), frames["data"][0].GetProperty("spreadingFactor").GetInt32()));
        Assert.Equal("null", frames["data"][1].GetProperty("deviceId").GetRawText());
        Assert.Equal("null", frames["data"][1].GetProperty("deviceName").GetRawText());
        Assert.Equal((false, true), (frames["hasMore"].GetBoolean(), page["hasMore"].GetBoolean()));
    }

    [Fact]
    public async Task Statistics_OfALoRaWanDevice_CountEachMessageOnceByDataRate()
    {
        var organization = await api.AnOrganization();
        var application = await api.AnApplication(organization);
        var device = await api.ALoRaWanDevice(application, await api.ADeviceProfile(organization));
        await api.Database.ExecuteAsync(
            $$"""
            INSERT INTO received_messages (id, received_at, device_id, organization_id, network, rssi, snr, payload)
            SELECT gen_random_uuid(), now(), {{device}}, {{organization}}, 'LORAWAN', -80, 5, convert_to('{}', 'UTF8') FROM generate_series(1, 3);
            INSERT INTO receptions (message_id, received_at, device_id, gateway_eui, dr)
            SELECT m.id, m.received_at, m.device_id, g, CASE WHEN row_number() OVER (PARTITION BY g ORDER BY m.id) = 1 THEN 0 ELSE 5 END
            FROM received_messages m CROSS JOIN unnest(ARRAY['00aa00bb00cc00dd', '00aa00bb00cc00de']) g WHERE m.device_id = {{device}}
            """);
        var reader = await api.SignedInAsReaderOf(organization, application);

        var days = (await reader.Get($"iot-device/stats/{device}")).Is(HttpStatusCode.OK).Json;

        Assert.Equal("""{"0":1,"5":2}""", Assert.Single(days.EnumerateArray()).GetProperty("rxPacketsPerDr").GetRawText());
    }

    [Fact]
    public async Task Statistics_OfALoRaWanDevice_TellHowManyFramesNobodyHeard()
    {
        var organization = await api.AnOrganization();
        var application = await api.AnApplication(organization);
        var device = await api.ALoRaWanDevice(application, await api.ADeviceProfile(organization));

        // 10, 11, 14: two are lost. Then the device joins anew: 0, 1, 3: one is lost. Two gateways heard each.
        await api.Database.ExecuteAsync(
            $$"""
            INSERT INTO received_messages (id, received_at, device_id, organization_id, network, rssi, snr, payload)
            SELECT gen_random_uuid(), date_trunc('day', now(), 'UTC') + i * interval '1 millisecond', {{device}}, {{organization}}, 'LORAWAN', -80, 5, convert_to('{}', 'UTF8')
            FROM generate_series(1, 6) i;
            INSERT INTO receptions (message_id, received_at, device_id, gateway_eui, f_cnt)
            SELECT m.id, m.received_at, m.device_id, g, (ARRAY[10, 11, 14, 0, 1, 3])[dense_rank() OVER (ORDER BY m.received_at)]
            FROM received_messages m CROSS JOIN unnest(ARRAY['00aa00bb00cc00dd', '00aa00bb00cc00de']) g WHERE m.device_id = {{device}}
            """);
        var reader = await api.SignedInAsReaderOf(organization, application);

        var day = Assert.Single((await reader.Get($"iot-device/stats/{device}")).Is(HttpStatusCode.OK).Json.EnumerateArray());

        Assert.Equal((3, 0.3333), (day.GetProperty("lostFrames").GetInt32(), day.GetProperty("frameLossRate").GetDouble()));
    }
}

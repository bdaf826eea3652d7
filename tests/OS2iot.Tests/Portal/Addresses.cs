namespace OS2iot.Tests.Portal;

/// <summary>Every page of the portal.</summary>
public static class Addresses
{
    public static readonly string[] SignedIn =
    [
        "/applications", "/applications/new", "/applications/1", "/applications/1/data-targets", "/applications/1/edit", "/applications/1/delete",
        "/applications/1/devices/new", "/applications/1/devices/import", "/devices/1", "/devices/1/edit", "/devices/1/delete",
        "/applications/1/devices/new?type=MQTT_INTERNAL_BROKER", "/applications/1/devices/new?type=MQTT_EXTERNAL_BROKER",
        "/devices/21", "/devices/21/edit", "/devices/22", "/devices/22/certificate", "/devices/23", "/devices/23/edit",
        "/applications/1/data-targets/new", "/data-targets/1", "/data-targets/1/edit", "/data-targets/1/delete",
        "/applications/1/connections/new?device=1", "/connections/1/edit", "/connections/1/delete",
        "/payload-decoders", "/payload-decoders/new", "/payload-decoders/1", "/payload-decoders/1/edit", "/payload-decoders/1/delete",
        "/payload-decoders/1/versions", "/payload-decoders/1/versions/2", "/payload-decoders/1/versions/3",
        "/gateways", "/gateways/00aa00bb00cc00dd", "/devices/24", "/devices/24/network",
        "/sigfox", "/sigfox/groups/new", "/sigfox/groups/1", "/sigfox/groups/1/edit", $"/sigfox/groups/1/types/{FakeApi.SigfoxType}",
        "/sigfox/groups/1/types/new", $"/sigfox/groups/1/types/{FakeApi.SigfoxType}/edit", $"/sigfox/groups/1/types/{FakeApi.SigfoxType}/restart",
        "/sigfox/jobs/1", "/sigfox/jobs/4", "/applications/1/sigfox-devices/new", "/devices/25", "/devices/25/restart", "/devices/25/sigfox-type",
        "/devices/24/downlinks", "/devices/25/downlinks", "/devices/21/downlinks",
        "/organizations", "/organizations/new", "/organizations/1/edit", "/sync", "/sync/chirpstack",
        "/users", "/users/new", "/users/1", "/users/1/edit", "/users/awaiting",
        "/permissions", "/permissions/new", "/permissions/7", "/permissions/7/edit", "/permissions/7/delete",
        "/api-keys", "/api-keys/new", "/api-keys/1/edit", "/api-keys/1/delete",
        "/audit-log", "/search?q=havn", "/access", "/account",
    ];
}

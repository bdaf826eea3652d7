using System.Globalization;
using System.Text;
using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Devices;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Devices;

/// <summary>An application's devices as comma-separated values, one line each. The columns of secrets are there, but empty.</summary>
internal sealed class ExportDevices(AppDbContext db, Caller caller, DeviceNetworks networks) : EndpointWithoutRequest
{
    /// <summary>Read at a time, so that a slow client keeps neither memory nor a connection to the database.</summary>
    private const int PageSize = 500;

    private static readonly string[] Header =
    [
        "name", "id", "type", "latitude", "longitude", "commentOnLocation", "comment", "deviceModelId", "apiKey", "mqttURL", "mqttPort",
        "mqtttopicname", "authenticationType", "mqttusername", "mqttpassword", "caCertificate", "deviceCertificate", "deviceCertificateKey",
        "devEUI", "deviceProfileID", "skipFCntCheck", "activationType", "OTAAapplicationKey",
    ];

    private static readonly string[] Secrets = ["apiKey", "mqttpassword", "deviceCertificateKey", "OTAAapplicationKey"];

    private static readonly string[] Certificates = ["caCertificate", "deviceCertificate"];

    public override void Configure()
    {
        Get("iot-device/getDevicesMetadataCsv/{id}");
        Policies(Role.Read);
        Description(route => route.Produces<string>(StatusCodes.Status200OK, "application/octet-stream"));
    }

    public override async Task HandleAsync(CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        if (!await db.Applications.VisibleTo(caller).AnyAsync(a => a.Id == id, ct))
        {
            throw caller.IsGlobalAdmin ? Refusal.NotFound() : Refusal.Forbidden();
        }

        await using var rows = CsvRows.Begin(HttpContext.Response, "iotDeviceMetadata.csv", byteOrderMark: false, "application/octet-stream");
        await rows.WriteAsync(Header, ct);
        var last = 0;
        for (var isMore = true; isMore;)
        {
            var page = await db.Devices.AsNoTracking().Where(d => d.ApplicationId == id && d.Id > last)
                .OrderBy(d => d.Id).Take(PageSize).ToListAsync(ct);
            foreach (var device in page)
            {
                await rows.WriteAsync(Cells(device), ct);
                last = device.Id;
            }

            isMore = page.Count == PageSize;
        }
    }

    private string?[] Cells(Device device)
    {
        var columns = new Dictionary<string, object?>();
        networks.Of(device.Type).Export(device, columns);
        columns["name"] = device.Name;
        columns["id"] = device.Id;
        columns["type"] = device.Type.ToWire();
        columns["latitude"] = device.Latitude;
        columns["longitude"] = device.Longitude;
        columns["commentOnLocation"] = device.CommentOnLocation;
        columns["comment"] = device.Comment;
        columns["deviceModelId"] = device.DeviceModelId;
        return [.. Header.Select(name => Secrets.Contains(name) ? null : Cell(name, columns.GetValueOrDefault(name)))];
    }

    private static string? Cell(string name, object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        string { Length: > 0 } text when Certificates.Contains(name) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}

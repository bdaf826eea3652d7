using OS2iot.Portal.Api;
using OS2iot.Portal.Pages.Applications;
using OS2iot.Portal.Pages.DataTargets;
using OS2iot.Portal.Pages.Devices;
using OS2iot.Portal.Pages.PayloadDecoders;

namespace OS2iot.Portal.Pages.Connections;

/// <summary>Which devices send through which decoder to which target.</summary>
internal sealed class ConnectionClient(HttpClient http)
{
    private const string Path = "iot-device-payload-decoder-data-target-connection";

    public Task<Connection> GetAsync(int id, CancellationToken ct) => http.ReadAsync<Connection>($"{Path}/{id}", ct);

    public async Task<IReadOnlyList<Device>> DevicesOfAsync(int applicationId, CancellationToken ct) =>
        (await http.ReadAsync<ListAnswer<Device>>($"application/{applicationId}/iot-devices?limit=1000&offset=0&orderOn=name&sort=ASC", ct)).Data;

    public Task<Answer<Connection>> CreateAsync(ConnectionForm form, CancellationToken ct) =>
        http.ChangeAsync<Connection>(HttpMethod.Post, Path, form.ToRequest(), ct);

    public Task<Answer<Connection>> UpdateAsync(int id, ConnectionForm form, CancellationToken ct) =>
        http.ChangeAsync<Connection>(HttpMethod.Put, $"{Path}/{id}", form.ToRequest(), ct);

    public Task<Answer<Affected>> DeleteAsync(int id, CancellationToken ct) =>
        http.ChangeAsync<Affected>(HttpMethod.Delete, $"{Path}/{id}", null, ct);
}

internal sealed record Connection(int Id, IReadOnlyList<Device>? IotDevices, PayloadDecoder? PayloadDecoder, DataTarget? DataTarget);

using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using OS2iot.Portal.Api;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Applications;
using OS2iot.Portal.Pages.DataTargets;
using OS2iot.Portal.Pages.Devices;
using OS2iot.Portal.Pages.PayloadDecoders;

namespace OS2iot.Portal.Pages.Connections;

/// <summary>A page with the form of a connection, which offers what its application and organization have.</summary>
internal abstract class ConnectionChoices(
    ConnectionClient connections, DataTargetClient targets, PayloadDecoderClient decoders, ApplicationClient applications, PageFrame frame) : PageModel
{
    public Application Application { get; private set; } = null!;

    public IReadOnlyList<Device> Devices { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Targets { get; private set; } = [];

    public IReadOnlyList<SelectListItem> Decoders { get; private set; } = [];

    protected async Task LoadAsync(int applicationId, PayloadDecoder? used, CancellationToken ct)
    {
        Application = await applications.GetAsync(applicationId, ct);
        frame.Enter(Application.BelongsTo?.Id);
        if (frame.Me?.MayWrite(applicationId) != true)
        {
            throw new ForbiddenException();
        }

        var devices = connections.DevicesOfAsync(applicationId, ct);
        var offered = decoders.OfOrganizationAsync(Application.BelongsTo?.Id ?? 0, ct);
        var all = await targets.OfApplicationAsync(applicationId, ct);
        Devices = await devices;
        Targets = [.. Enumerable.Repeat(new SelectListItem(ConnectionTexts.ChooseTarget, ""), all.Count == 1 ? 0 : 1), .. all.Select(t => Item(t.Name, t.Id))];
        Decoders =
        [
            new SelectListItem(ConnectionTexts.NoDecoder, ""),
            .. (await offered).Select(d => Item(d.Name, d.Id)).Concat(used is null ? [] : [Item(used.Name, used.Id)]).DistinctBy(i => i.Value),
        ];
    }

    protected static bool HasDevices(ModelStateDictionary state, ConnectionForm form)
    {
        if (form.IotDeviceIds.Length == 0)
        {
            state.AddModelError("Form.IotDeviceIds", ConnectionTexts.AtLeastOne);
        }

        if (form.DataTargetId is null)
        {
            state.AddModelError("Form.DataTargetId", ConnectionTexts.ChooseTarget);
        }

        return state.IsValid;
    }

    private static SelectListItem Item(string name, int id) => new(name, FormattableString.Invariant($"{id}"));
}

using Microsoft.AspNetCore.Mvc;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Sigfox;

/// <summary>A device type at Sigfox and its callbacks.</summary>
internal sealed class TypeModel(SigfoxClient sigfox, PageFrame frame) : OneSigfoxGroup(sigfox, frame)
{
    public string TypeId { get; private set; } = "";

    /// <summary>As Sigfox tells it; the page is there without that too.</summary>
    public SigfoxAnswer<SigfoxType> Type { get; private set; } = null!;

    /// <summary>Null where no device of the type is here.</summary>
    public SigfoxCallbacks? Callbacks { get; private set; }

    public string Name => Type.Value?.Name is { Length: > 0 } name ? name : TypeId;

    public async Task OnGetAsync(int id, string typeId, CancellationToken ct)
    {
        TypeId = typeId.ToLowerInvariant();
        await LoadGroupAsync(id, toChange: false, ct);
        var type = Client.TypeAsync(id, TypeId, ct);
        var callbacks = Client.CallbacksAsync(id, ct);
        await Task.WhenAll(type, callbacks);
        Type = await type;
        Callbacks = (await callbacks).Find(c => string.Equals(c.DeviceTypeId, TypeId, StringComparison.OrdinalIgnoreCase));
    }

    public async Task<IActionResult> OnPostAsync(int id, string typeId, CancellationToken ct)
    {
        await LoadGroupAsync(id, toChange: true, ct);
        var answer = await Client.CheckCallbacksAsync(id, typeId, ct);
        if (!answer.Succeeded)
        {
            throw new MissingException();
        }

        this.Say(SigfoxTexts.CheckAsked);
        return LocalRedirect($"/sigfox/groups/{id}/types/{typeId}");
    }
}

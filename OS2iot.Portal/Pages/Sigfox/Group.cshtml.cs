using OS2iot.Portal.Frame;

namespace OS2iot.Portal.Pages.Sigfox;

/// <summary>A Sigfox group: its device types, how their callbacks stand, and what is under way.</summary>
internal sealed class GroupModel(SigfoxClient sigfox, PageFrame frame) : OneSigfoxGroup(sigfox, frame)
{
    private List<SigfoxCallbacks> _callbacks = [];

    public SigfoxAnswer<SigfoxList<SigfoxType>> Types { get; private set; } = null!;

    public IReadOnlyList<SigfoxJob> Jobs { get; private set; } = [];

    public SigfoxCallbacks? CallbacksOf(string typeId) => _callbacks.Find(c => string.Equals(c.DeviceTypeId, typeId, StringComparison.OrdinalIgnoreCase));

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        await LoadGroupAsync(id, toChange: false, ct);
        var types = Client.TypesAsync(id, ct);
        var callbacks = Client.CallbacksAsync(id, ct);
        var jobs = Client.JobsAsync(id, ct);
        await Task.WhenAll(types, callbacks, jobs);
        (Types, _callbacks, Jobs) = (await types, await callbacks, await jobs);
    }
}

using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Applications;
using OS2iot.Portal.Pages.Connections;

namespace OS2iot.Portal.Pages.DataTargets;

/// <summary>A data target and who sends to it.</summary>
internal sealed class DetailsModel(DataTargetClient targets, ApplicationClient applications, PageFrame frame)
    : OneDataTarget(targets, applications, frame)
{
    private readonly DataTargetClient _targets = targets;

    public IReadOnlyList<Connection> Connections { get; private set; } = [];

    public async Task OnGetAsync(int id, CancellationToken ct)
    {
        var connections = _targets.ConnectionsAsync(id, ct);
        await LoadAsync(id, forWriting: false, ct);
        Connections = (await connections).Data;
    }
}

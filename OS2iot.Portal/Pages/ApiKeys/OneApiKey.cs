using Microsoft.AspNetCore.Mvc.RazorPages;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Pages.Permissions;

namespace OS2iot.Portal.Pages.ApiKeys;

/// <summary>A page about one key of the chosen organization.</summary>
internal abstract class OneApiKey(ApiKeyClient keys, PermissionClient permissions, PageFrame frame) : PageModel
{
    public ApiKey Key { get; private set; } = null!;

    public IReadOnlyList<NamedThing> Groups { get; private set; } = [];

    protected ApiKeyClient Keys { get; } = keys;

    protected async Task LoadAsync(int id, CancellationToken ct)
    {
        if (frame is not { Me: { } me, Organization: { } organization } || !me.ManagesUsersOf(organization.Id))
        {
            throw new ForbiddenException();
        }

        var groups = permissions.ChoicesAsync(organization.Id, ct);
        Key = await Keys.GetAsync(id, ct);

        // A key may reach into more than one organization; what it has stays choosable.
        Groups = [.. (await groups).UnionBy(Key.Permissions ?? [], g => g.Id)];
    }
}

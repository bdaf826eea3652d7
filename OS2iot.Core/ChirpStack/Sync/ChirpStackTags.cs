using System.Globalization;
using System.Text.Json;
using Google.Protobuf.Collections;

namespace OS2iot.Core.ChirpStack.Sync;

/// <summary>By these ChirpStack keeps our ids.</summary>
internal static class ChirpStackTags
{
    public const string Organization = "internalOrganizationId";

    /// <summary>Our own id of the thing.</summary>
    public const string Id = "os2iot-id";

    public const string CreatedBy = "os2iot-created-by";

    public const string UpdatedBy = "os2iot-updated-by";

    public const string Description = "Kept by OS2iot: what is changed here is changed back.";

    /// <summary>Sets ours, and the user's where they are known; what else is there stays.</summary>
    public static void Set(MapField<string, string> tags, string id, int organizationId, string? usersTags = null)
    {
        if (usersTags is not null)
        {
            tags.Clear();
            foreach (var (name, text) in JsonSerializer.Deserialize<Dictionary<string, string>>(usersTags) ?? [])
            {
                tags[name] = text;
            }
        }

        tags[Id] = id;
        tags[Organization] = organizationId.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Who wrote it, as our database says.</summary>
    public static void SetAuthors(MapField<string, string> tags, int? createdById, int? updatedById)
    {
        foreach (var (name, id) in ((string, int?)[])[(CreatedBy, createdById), (UpdatedBy, updatedById)])
        {
            if (id is { } user)
            {
                tags[name] = user.ToString(CultureInfo.InvariantCulture);
            }
        }
    }
}

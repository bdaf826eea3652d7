using Microsoft.EntityFrameworkCore;

namespace OS2iot.Core.Database;

/// <summary>Finds a piece of text inside names whatever the case of its letters, Danish ones included, and with no letter of special meaning.</summary>
public static class NameSearch
{
    /// <summary>The piece is in the name. A function of the database; for devices, of which there are many, see the index on pieces of names.</summary>
    [DbFunction("name_contains")]
    public static bool Contains(string name, string piece) => throw new NotSupportedException();

    internal static void AddTo(ModelBuilder model) => model.HasDbFunction(typeof(NameSearch).GetMethod(nameof(Contains))!);
}

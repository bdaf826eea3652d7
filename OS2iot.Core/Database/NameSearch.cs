using System.Reflection;
using Microsoft.EntityFrameworkCore;

namespace OS2iot.Core.Database;

/// <summary>
/// Finds a piece of text inside names whatever the case of its letters, Danish ones included, and with no letter of special meaning.
/// Functions of the database; an index on the pieces of three letters makes them quick for many names.
/// </summary>
public static class NameSearch
{
    /// <summary>Shorter pieces are not in the index.</summary>
    public const int IndexedLength = 3;

    internal static readonly MethodInfo[] Functions = [Method(nameof(Contains)), Method(nameof(MayContain))];

    /// <summary>The piece is in the name.</summary>
    [DbFunction("name_contains")]
    public static bool Contains(string name, string piece) => throw new NotSupportedException();

    /// <summary>The name has every three letters of the piece, which the index tells. Asked before <see cref="Contains"/>.</summary>
    [DbFunction("name_may_contain")]
    public static bool MayContain(string name, string piece) => throw new NotSupportedException();

    private static MethodInfo Method(string name) => typeof(NameSearch).GetMethod(name)!;
}

using System.Collections.Concurrent;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace OS2iot.Api.Http;

/// <summary>
/// Weak tags of answers. The tag of an entity has a second part that stays while only such things change as come by themselves, so that a
/// device may go on sending while somebody edits it.
/// </summary>
internal static class EntityTag
{
    private const int Length = 12;

    private static readonly ConcurrentDictionary<Type, string[]> ComingByThemselves = new();

    public static string Of(object answer, byte[] body)
    {
        var whole = Text(SHA256.HashData(body));
        return answer is EntityResponse ? $"W/\"{whole}.{Text(Edited(body, MembersComingByThemselves(answer.GetType())))}\"" : $"W/\"{whole}\"";
    }

    /// <summary>One of the tags that a caller knows is of the same state, as far as people edit it.</summary>
    public static bool Matches(string tag, StringValues known) =>
        known.Any(line => line is not null && line.Split(',').Any(k => k.Trim() == "*" || (tag.Length > 0 && EditedPart(k.Trim()) == EditedPart(tag))));

    private static string EditedPart(string tag)
    {
        var text = (tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag).Trim('"');
        return text[(text.IndexOf('.', StringComparison.Ordinal) + 1)..];
    }

    private static byte[] Edited(byte[] body, string[] without)
    {
        using var document = JsonDocument.Parse(body);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var member in document.RootElement.EnumerateObject().Where(m => !without.Contains(m.Name)))
        {
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(member.Name));
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(member.Value));
        }

        return hash.GetHashAndReset();
    }

    private static string[] MembersComingByThemselves(Type type) => ComingByThemselves.GetOrAdd(type, t =>
        [.. t.GetProperties().Where(p => p.GetCustomAttribute<ComesByItselfAttribute>() is not null).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name))]);

    private static string Text(byte[] hash) => Convert.ToHexStringLower(hash.AsSpan(0, Length));
}

/// <summary>A member of an answer that changes without anybody editing it, such as a device's newest message.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ComesByItselfAttribute : Attribute;

using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace OS2iot.Tests.Api;

/// <summary>Something that nobody should send, to one endpoint.</summary>
internal sealed record HostileRequest(string Verb, string Address, string? ContentType, byte[]? Body)
{
    public override string ToString() =>
        $"{Verb} {Shortened(Address)} [{ContentType}] {(Body is null ? "" : Shortened(Encoding.Latin1.GetString(Body)))}";

    private static string Shortened(string text) => text.Length <= 3000 ? text : $"{text[..3000]}… ({text.Length} characters)";
}

/// <summary>Makes requests that are nearly right, and some that are nothing like it.</summary>
internal static class HostileRequests
{
    private static readonly string[] Texts =
    [
        "", " ", "\t\n", "x", "null", "undefined", "true", "0", "-1", "1", "2147483648", "1e400", "NaN", "'", "\"", "\\", "%", "%_%", "..", "/", "{}", "[]",
        "'; DROP TABLE organizations; --", "1 OR 1=1", "$1", "{0}", "<script>alert(1)</script>", "javascript:alert(1)", "${jndi:ldap://x}",
        "=HYPERLINK(\"http://evil\")", "æøå", "𝔘𝔫𝔦", "\u202e\u0000\uffff", "\0", "a\0b", "\ufeff", "İı", "Z͑ͫaͫl", "2024-02-30", "0001-01-01", "9999-12-31T23:59:59.9999999+14:00",
        "GENERIC_HTTP", "LORAWAN", "SIGFOX", "MQTT_INTERNAL_BROKER", "MQTT_EXTERNAL_BROKER", "HTTP_PUSH", "FIWARE", "MQTT", "OPENDATADK",
        "a@b.dk", "http://127.0.0.1", "http://[::1", "mqtts://x", "0123456789abcdef", "00000000-0000-0000-0000-000000000000", "\"function decode() {}\"",
        "{\"a\":\"b\"}", "{\"\":\"\"}", "{\"a\":\"\\u0000\"}", new string('a', 51), new string('æ', 1025), new string('(', 5000),
    ];

    /// <summary>JSON that no serializer would write.</summary>
    private static readonly string[] Fragments =
    [
        "null", "true", "0", "-1", "1", "-0", "1.5", "1e2", "1e400", "-1e400", "2147483647", "2147483648", "9223372036854775808",
        "123456789012345678901234567890.123456789012345678901234567890", "[]", "{}", "[[]]", "[null]", "[1,\"1\",null,{}]", "\"\"", "\"\\u0000\"",
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "[\"\\ud800\"]", "{\"\\ud800\":1}", "{\"\\u0000\":1}", "{\"a\":1,\"a\":2}", "{\"__proto__\":{}}", "{\"$ref\":\"#\"}",
        "\"\\uD834\\uDD1E\"", "[1,1,1]", "[0]", "[-1]", "[2147483648]", "[1.5]",
        Nested('[', ']', 30), Nested('[', ']', 63), Nested('[', ']', 64), Nested('[', ']', 1000), NestedObjects(1000), ManyNumbers(),
    ];

    private static readonly string?[] ContentTypes =
    [
        "application/json", "application/json; charset=utf-16", "application/json; charset=nonsense", "application/json; charset", "application/merge-patch+json",
        "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain", "application/xml", "application/octet-stream", "nonsense", null,
    ];

    private static readonly string[] Ids =
    [
        "0", "-1", "1", "2147483647", "2147483648", "-2147483648", "99999999999999999999", "abc", "1.5", "1e1", "%20", "%27", "%FF", "%C3%28", "%F0%9F%98%80", "1%3B", "null",
        "undefined", "..%2f", "%5C", "0123456789abcdef", "00000000-0000-0000-0000-000000000000", new string('9', 4000),
    ];

    public static Gen<HostileRequest> To(ApiEndpoint endpoint, string? validId, string? validBody)
    {
        var addresses = from path in Path(endpoint.Path, validId)
                        from query in Query(endpoint)
                        select "/api/v1/" + path + query;
        if (endpoint.Verb is "GET" or "DELETE")
        {
            return addresses.Select(address => new HostileRequest(endpoint.Verb, address, null, null));
        }

        var bodies = endpoint.HasBody ? Body(endpoint, validBody ?? "{}") : Whole();
        return from address in addresses
               from type in Gen.Frequency((12, Gen.Constant<string?>("application/json")), (3, Gen.Elements(ContentTypes)))
               from body in bodies
               select new HostileRequest(endpoint.Verb, address, type, body);
    }

    private static Gen<string> Path(string path, string? validId) => path.Split('/').Aggregate(
        Gen.Constant(""),
        (before, part) => from start in before
                          from next in part.StartsWith('{')
                              ? Gen.Frequency((string.IsNullOrEmpty(validId) ? 0 : 4, Gen.Constant(validId ?? "")), (1, Gen.Elements(Ids)))
                              : Gen.Constant(part)
                          select start.Length == 0 ? next : $"{start}/{next}");

    private static Gen<string> Query(ApiEndpoint endpoint)
    {
        string[] names = [.. endpoint.Parameters.Select(p => p.Name), "limit", "offset", "sort", "orderOn", "organizationId", "observe", "x"];
        var required = string.Concat(endpoint.Parameters.Where(p => p.IsRequired).Select(p => $"&{p.Name}={(p.IsNumber ? "1" : "x")}"));
        var values = Gen.Frequency(
            (3, Gen.Elements("1", "0", "10", "id", "name", "ASC", "desc", "updatedAt")), (3, Gen.Elements(Texts).Select(Escaped)), (1, Gen.Elements("%FF", "%C3%28", "%00", "%", "%zz", "%ED%A0%80")));
        var pair = from name in Gen.Elements(names)
                   from value in values
                   select $"&{name}={value}";
        return from keep in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
               from count in Gen.Choose(0, 4)
               from pairs in pair.ListOf(count)
               select Joined((keep ? required : "") + string.Concat(pairs));
    }

    private static string Joined(string pairs) => pairs.Length == 0 ? "" : "?" + pairs[1..];

    // A lone half of a pair has no escape.
    private static string Escaped(string text) => Uri.EscapeDataString(text.Length > 1500 ? text[..1500] : text);

    private static Gen<byte[]> Whole() =>
        Gen.OneOf(Gen.Elements(Fragments).Select(Encoding.UTF8.GetBytes), Gen.Constant<byte[]>([]), Gen.Constant("{"u8.ToArray()), Gen.Constant(new byte[] { 0xFF, 0xFE, 0x00 }));

    private static Gen<byte[]> Body(ApiEndpoint endpoint, string validBody)
    {
        string[] names = [.. endpoint.Shape!.Fields.Select(f => f.Key), .. Members(JsonNode.Parse(validBody)), "id", "x"];
        var fragment = Gen.Frequency((3, Gen.Elements(Fragments)), (4, Gen.Elements(Texts).Select(t => JsonSerializer.Serialize(t))));
        var change = from name in Gen.Elements(names)
                     from kind in Gen.Frequency((8, Gen.Constant(Kind.Replace)), (1, Gen.Constant(Kind.Remove)), (1, Gen.Constant(Kind.Twice)), (2, Gen.Constant(Kind.WrapInArray)))
                     from value in fragment
                     select new Change(name, kind, value);
        var mutated = from count in Gen.Choose(0, 3)
                      from changes in change.ListOf(count)
                      select Encoding.UTF8.GetBytes(Mutate(validBody, changes));
        var broken = from bytes in mutated
                     from at in Gen.Choose(0, 10_000)
                     from how in Gen.Choose(0, 2)
                     select Break(bytes, at, how);
        return Gen.Frequency((10, mutated), (3, broken), (2, Whole()));
    }

    private static IEnumerable<string> Members(JsonNode? node) => node switch
    {
        JsonObject members => members.Select(m => m.Key).Concat(members.SelectMany(m => Members(m.Value))).Distinct(),
        JsonArray elements => elements.SelectMany(Members).Distinct(),
        _ => [],
    };

    private static string Mutate(string body, IEnumerable<Change> changes)
    {
        var root = JsonNode.Parse(body)!;
        var fragments = new List<(string Mark, string Text)>();
        foreach (var change in changes)
        {
            var mark = string.Create(CultureInfo.InvariantCulture, $"@{fragments.Count}@");
            var owner = Owner(root, change.Name) ?? root as JsonObject;
            if (owner is null)
            {
                continue;
            }

            switch (change.Kind)
            {
                case Kind.Remove:
                    owner.Remove(change.Name);
                    break;
                case Kind.WrapInArray when owner[change.Name] is { } inner:
                    owner[change.Name] = new JsonArray(inner.DeepClone());
                    break;
                case Kind.Twice:
                    owner[change.Name] ??= 1;
                    owner[change.Name + mark] = mark;
                    fragments.Add((JsonSerializer.Serialize(change.Name + mark), JsonSerializer.Serialize(change.Name)));
                    fragments.Add((JsonSerializer.Serialize(mark), change.Value));
                    break;
                default:
                    owner[change.Name] = mark;
                    fragments.Add((JsonSerializer.Serialize(mark), change.Value));
                    break;
            }
        }

        return fragments.Aggregate(root.ToJsonString(), (text, f) => text.Replace(f.Mark, f.Text, StringComparison.Ordinal));
    }

    private static JsonObject? Owner(JsonNode? node, string name) => node switch
    {
        JsonObject members => members.ContainsKey(name) ? members : members.Select(m => Owner(m.Value, name)).FirstOrDefault(o => o is not null),
        JsonArray elements => elements.Select(e => Owner(e, name)).FirstOrDefault(o => o is not null),
        _ => null,
    };

    private static byte[] Break(byte[] bytes, int at, int how)
    {
        var place = bytes.Length == 0 ? 0 : at % bytes.Length;
        return how switch
        {
            0 => bytes[..place],
            1 => [.. bytes[..place], 0xC3, 0x28, .. bytes[place..]],
            _ => [.. bytes[..place], 0x00, .. bytes[place..]],
        };
    }

    private static string Nested(char open, char close, int depth) => new string(open, depth) + new string(close, depth);

    private static string NestedObjects(int depth) => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);

    private static string ManyNumbers() => "[" + string.Join(',', Enumerable.Range(1, 15_000)) + "]";

    private enum Kind
    {
        Replace,
        Remove,
        Twice,
        WrapInArray,
    }

    private sealed record Change(string Name, Kind Kind, string Value);
}

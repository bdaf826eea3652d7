using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using OS2iot.Api.Http;

namespace OS2iot.Api.Validation;

/// <summary>
/// What the members of a request body must be. Stands beside the request type:
/// <code>public static Shape Shape { get; } = new() { ["name"] = Is.Text().Length(1, 50), ["comment"] = Is.Text().AtMost(1024).Optional() };</code>
/// Every rule of every member is tried, and nothing is converted.
/// </summary>
internal sealed class Shape
{
    private readonly List<KeyValuePair<string, Field>> _fields = [];

    private Func<JsonElement, Shape?>? _more;

    public Shape()
    {
    }

    /// <summary>Begins with members that it shares with other shapes.</summary>
    public Shape(IEnumerable<KeyValuePair<string, Field>> fields) => _fields.AddRange(fields);

    /// <summary>The members and their rules, in order.</summary>
    public IReadOnlyList<KeyValuePair<string, Field>> Fields => _fields;

    public Field this[string name]
    {
        set => _fields.Add(new(name, value));
    }

    /// <summary>Members that depend on others, such as those of one type.</summary>
    public Shape And(Func<JsonElement, Shape?> more)
    {
        _more = more;
        return this;
    }

    /// <exception cref="Refusal">At least one rule is broken.</exception>
    public void ThrowIfViolatedBy(JsonElement body)
    {
        var failures = Failures(body);
        if (failures.Count > 0)
        {
            throw Refusal.Invalid(failures);
        }
    }

    /// <summary>Writes the members and their rules into an object's description.</summary>
    public void AddTo(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.Object;
        schema.Properties ??= new Dictionary<string, IOpenApiSchema>();
        schema.Required = _fields.Where(f => f.Value.IsRequired).Select(f => f.Key).ToHashSet();
        foreach (var (name, field) in _fields)
        {
            var member = field.ToSchema();
            if (schema.Properties.TryGetValue(name, out var known))
            {
                member.Description ??= known.Description;
                member.Type ??= known.Type;
                member.Items ??= known.Items;
                member.Format ??= (known.Type ?? 0).HasFlag(JsonSchemaType.String) || known.Format == "int32" ? known.Format : null;
            }

            schema.Properties[name] = member;
        }

        var kinds = Kinds().ToList();
        schema.AnyOf = kinds.Count == 0 ? schema.AnyOf : kinds;
    }

    // Members that depend on the type are described once for each type.
    private IEnumerable<IOpenApiSchema> Kinds()
    {
        var types = _more is null ? null : _fields.FirstOrDefault(f => f.Key == "type").Value?.ToSchema().Enum;
        foreach (var type in (types ?? []).OfType<JsonValue>().Select(v => v.GetValue<string>()))
        {
            using var body = JsonSerializer.SerializeToDocument(new { type });
            if (_more!(body.RootElement) is { } more)
            {
                var schema = new OpenApiSchema { Title = type };
                more.AddTo(schema);
                schema.Properties!["type"] = new OpenApiSchema { Const = type };
                yield return schema;
            }
        }
    }

    internal JsonArray Failures(JsonElement body)
    {
        var failures = new JsonArray();
        foreach (var (name, field) in _fields)
        {
            if (field.Failure(name, Member(body, name), body) is { } failure)
            {
                failures.Add(failure);
            }
        }

        foreach (var failure in _more?.Invoke(body)?.Failures(body).ToList() ?? [])
        {
            failure!.Parent!.AsArray().Remove(failure);
            failures.Add(failure);
        }

        return failures;
    }

    /// <summary>Null where the member is absent.</summary>
    internal static JsonElement? Member(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var member) ? member : null;
}

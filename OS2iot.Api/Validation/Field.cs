using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace OS2iot.Api.Validation;

/// <summary>The rules of one member. Made by <see cref="Is"/>.</summary>
internal sealed class Field
{
    private const int MaxTargets = 50;

    private readonly List<Rule> _rules = [];

    private readonly List<Action<OpenApiSchema>> _descriptions = [];

    private Shape? _members;

    private Shape? _elements;

    private bool _optional;

    private Func<JsonElement, bool>? _applies;

    /// <summary>A body without it is refused, whatever else is in it.</summary>
    public bool IsRequired => !_optional && _applies is null && _rules.Any(r => r.OnAbsent);

    /// <summary>May be absent or null.</summary>
    public Field Optional()
    {
        _optional = true;
        return this;
    }

    /// <summary>Counts only for bodies of which this is true.</summary>
    public Field When(Func<JsonElement, bool> applies)
    {
        _applies = applies;
        return this;
    }

    /// <param name="key">The rule's name on the wire.</param>
    /// <param name="holds">Never called with null for an absent member: that breaks every rule.</param>
    /// <param name="text">What to say, given the member's name.</param>
    /// <param name="onAbsent">Whether a missing member breaks the rule too.</param>
    public Field Rule(string key, Func<JsonElement, bool> holds, Func<string, string> text, bool onAbsent = true)
    {
        _rules.Add(new Rule(key, holds, text, onAbsent));
        return this;
    }

    /// <summary>Says in the API's description what a rule means, where its name alone does not.</summary>
    public Field Describe(Action<OpenApiSchema> description)
    {
        _descriptions.Add(description);
        return this;
    }

    /// <summary>How the member stands in the API's description.</summary>
    public OpenApiSchema ToSchema()
    {
        var schema = new OpenApiSchema();
        foreach (var rule in _rules)
        {
            RuleDescriptions.Apply(rule.Key, schema);
        }

        if (_members is not null)
        {
            _members.AddTo(schema);
        }

        if (_elements is not null)
        {
            var element = new OpenApiSchema();
            _elements.AddTo(element);
            (schema.Type, schema.Items) = (JsonSchemaType.Array, element);
        }

        _descriptions.ForEach(describe => describe(schema));
        if (_optional && schema.Type is not null)
        {
            schema.Type |= JsonSchemaType.Null;
            schema.Enum?.Add(JsonNullSentinel.JsonNull);
        }

        return schema;
    }

    internal Field Members(Shape members)
    {
        _members = members;
        return this;
    }

    internal Field Elements(Shape elements)
    {
        _elements = elements;
        return this;
    }

    /// <summary>Null where all is well.</summary>
    internal JsonObject? Failure(string name, JsonElement? value, JsonElement body)
    {
        var missing = value is null or { ValueKind: JsonValueKind.Null };
        if ((missing && _optional) || _applies?.Invoke(body) == false)
        {
            return null;
        }

        var constraints = new JsonObject();
        foreach (var rule in _rules.Where(r => value is { } present ? !r.Holds(present) : r.OnAbsent))
        {
            constraints[rule.Key] = rule.Text(name);
        }

        var children = Children(value);
        if (constraints.Count == 0 && children.Count == 0)
        {
            return null;
        }

        var failure = new JsonObject { ["target"] = Masking.Copy(body), ["property"] = name, ["children"] = children };
        if (value is { } sent)
        {
            failure["value"] = Masking.Copy(name, sent);
        }

        if (constraints.Count > 0)
        {
            failure["constraints"] = constraints;
        }

        return failure;
    }

    private JsonArray Children(JsonElement? value)
    {
        if (_members is not null && value is { ValueKind: JsonValueKind.Object } nested)
        {
            return _members.Failures(nested);
        }

        var children = new JsonArray();
        if (_elements is not null && value is { ValueKind: JsonValueKind.Array } array)
        {
            var target = Masking.Copy(array);
            foreach (var (index, element) in array.EnumerateArray().Index())
            {
                var failures = _elements.Failures(element);
                if (failures.Count > 0)
                {
                    children.Add(new JsonObject
                    {
                        // Not beside each of very many: what is wrong with them stands in their own members.
                        ["target"] = children.Count < MaxTargets ? target!.DeepClone() : new JsonArray(),
                        ["value"] = Masking.Copy(element),
                        ["property"] = index.ToString(System.Globalization.CultureInfo.InvariantCulture),
                        ["children"] = failures,
                    });
                }
            }
        }

        return children;
    }
}

/// <summary>One rule of one member.</summary>
internal sealed record Rule(string Key, Func<JsonElement, bool> Holds, Func<string, string> Text, bool OnAbsent);

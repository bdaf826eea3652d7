using System.Text.Json;
using System.Text.Json.Nodes;

namespace OS2iot.Api.Validation;

/// <summary>The rules of one member. Made by <see cref="Is"/>.</summary>
internal sealed class Field
{
    private const int MaxTargets = 50;

    private readonly List<Rule> _rules = [];

    private Shape? _members;

    private Shape? _elements;

    private bool _optional;

    private Func<JsonElement, bool> _applies = _ => true;

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
        if ((missing && _optional) || !_applies(body))
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

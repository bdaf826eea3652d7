using System.Globalization;
using System.Text.Json.Nodes;

namespace OS2iot.Api.Http;

/// <summary>
/// Reads query parameters and collects what is wrong with them. The words <c>null</c> and <c>undefined</c> mean that a client
/// had nothing to send.
/// </summary>
internal sealed class QueryReader(IQueryCollection query)
{
    private readonly JsonArray _failures = [];

    private Dictionary<string, QueryParameter>? _asked;

    /// <summary>What a request looks for in a query, found out by letting it read an empty one.</summary>
    public static IReadOnlyCollection<QueryParameter> ParametersOf(IQueryRequest request)
    {
        var reader = new QueryReader(QueryCollection.Empty) { _asked = [] };
        try
        {
            request.Read(reader);
        }
        catch (Refusal)
        {
            // It says so itself when something is missing; what it asked for until then is known.
        }

        foreach (var name in reader._failures.Select(f => f!["property"]!.GetValue<string>()))
        {
            reader._asked[name] = reader._asked.TryGetValue(name, out var asked) ? asked with { IsRequired = true } : new QueryParameter(name) { IsRequired = true };
        }

        return reader._asked.Values;
    }

    public string? Text(string name)
    {
        _asked?.TryAdd(name, new QueryParameter(name));
        var text = query[name].LastOrDefault();
        if (text is null or "" or "null" or "undefined")
        {
            return null;
        }

        if (text.Contains('\0'))
        {
            Fail(name, text, "isString", $"{name} must be a string");
            return null;
        }

        return text;
    }

    public int? Number(string name, int min = int.MinValue, int max = int.MaxValue)
    {
        var sent = Text(name);
        Describe(name, asked => asked with { IsNumber = true, Min = min == int.MinValue ? null : min, Max = max == int.MaxValue ? null : max });
        if (sent is not { } text)
        {
            return null;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            Fail(name, text, "isNumber", $"{name} must be a number conforming to the specified constraints");
        }
        else if (number < min)
        {
            Fail(name, text, "min", $"{name} must not be less than {min}");
        }
        else if (number > max)
        {
            Fail(name, text, "max", $"{name} must not be greater than {max}");
        }

        return number;
    }

    /// <summary>The id of a row, which must be sent.</summary>
    public int Id(string name)
    {
        var found = _failures.Count;
        var number = Number(name, min: 1);
        if (number is null && found == _failures.Count)
        {
            Fail(name, null, "isNumber", $"{name} must be a number conforming to the specified constraints");
        }

        return number ?? 0;
    }

    /// <summary>A number that must be sent.</summary>
    public int RequiredInteger(string name, int min, int max)
    {
        if (Number(name, min, max) is { } number)
        {
            return number;
        }

        Fail(name, value: null, "isInt", $"{name} must be an integer number");
        return 0;
    }

    /// <summary>Any date a person would write.</summary>
    public DateTimeOffset? Time(string name)
    {
        var sent = Text(name);
        Describe(name, asked => asked with { IsTime = true });
        if (sent is not { } text)
        {
            return null;
        }

        var time = WireTime.Parse(text);
        if (time is null)
        {
            Fail(name, text, "isDate", $"{name} must be a date");
        }

        return time;
    }

    public string? OneOf(string name, params string[] words)
    {
        var text = Text(name);
        Describe(name, asked => asked with { Words = words });
        if (text is not null && !words.Contains(text))
        {
            Fail(name, text, "isEnum", $"{name} must be one of the following values: {string.Join(", ", words)}");
        }

        return text;
    }

    public bool? Flag(string name)
    {
        var sent = Text(name);
        Describe(name, asked => asked with { IsFlag = true });
        switch (sent?.ToUpperInvariant())
        {
            case null:
                return null;
            case "TRUE":
                return true;
            case "FALSE":
                return false;
            case { } text:
                Fail(name, text, "isBoolean", $"{name} must be a boolean value");
                return null;
        }
    }

    /// <summary>The parameter was sent as the word null.</summary>
    public bool IsNull(string name) => query[name].LastOrDefault() == "null";

    public void ThrowIfInvalid()
    {
        if (_failures.Count > 0)
        {
            throw Refusal.Invalid(_failures);
        }
    }

    // Only while somebody wants to know what is asked for.
    private void Describe(string name, Func<QueryParameter, QueryParameter> describe)
    {
        if (_asked is not null)
        {
            _asked[name] = describe(_asked[name]);
        }
    }

    private void Fail(string name, string? value, string rule, string text)
    {
        var failure = new JsonObject { ["target"] = new JsonObject(), ["property"] = name, ["children"] = new JsonArray() };
        if (value is not null)
        {
            failure["target"]![name] = value;
            failure["value"] = value;
        }

        failure["constraints"] = new JsonObject { [rule] = text };
        _failures.Add(failure);
    }
}

/// <summary>What a request looks for in the query.</summary>
internal sealed record QueryParameter(string Name)
{
    public bool IsNumber { get; init; }

    public bool IsTime { get; init; }

    public bool IsFlag { get; init; }

    /// <summary>All that it may be.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    public int? Min { get; init; }

    public int? Max { get; init; }

    public bool IsRequired { get; init; }
}

/// <summary>A request that is read from the query.</summary>
internal interface IQueryRequest
{
    void Read(QueryReader query);
}

/// <summary>Which part of a list is wanted, in which order.</summary>
internal class ListQuery : IQueryRequest
{
    private const int MaxLimit = 1000;

    public int Limit { get; private set; }

    public int Offset { get; private set; }

    public string? OrderOn { get; private set; }

    /// <summary>ASC unless it says DESC.</summary>
    public string? Sort { get; private set; }

    protected virtual int DefaultLimit => 100;

    /// <summary>What <c>limit=null</c> means.</summary>
    protected virtual int NullLimit => DefaultLimit;

    internal bool IsDescending => string.Equals(Sort, "DESC", StringComparison.OrdinalIgnoreCase);

    public virtual void Read(QueryReader query)
    {
        Limit = query.Number("limit", min: 0, MaxLimit) ?? (query.IsNull("limit") ? NullLimit : DefaultLimit);
        Offset = query.Number("offset", min: 0) ?? 0;
        OrderOn = query.Text("orderOn");
        Sort = query.Text("sort");
    }
}

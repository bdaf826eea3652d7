using System.Text.Json.Serialization;
using OS2iot.Api.Http;

namespace OS2iot.Api.OpenDataDk;

/// <summary>A catalogue in the form that harvesters read (Project Open Data, version 1.1).</summary>
internal sealed record DcatCatalogue(IReadOnlyList<DcatDataset> Dataset)
{
    [JsonPropertyName("@context"), JsonPropertyOrder(-4)]
    public string Context { get; } = "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld";

    [JsonPropertyName("@type"), JsonPropertyOrder(-3)]
    public string Type { get; } = "dcat:Catalog";

    [JsonPropertyOrder(-2)]
    public string ConformsTo { get; } = "https://project-open-data.cio.gov/v1.1/schema";

    [JsonPropertyOrder(-1)]
    public string DescribedBy { get; } = "https://project-open-data.cio.gov/v1.1/schema/catalog.json";

    public static DcatCatalogue Of(SharedCatalogue catalogue) => new([.. catalogue.Datasets.Select(d => DcatDataset.Of(d, catalogue.Organization))]);
}

/// <summary>One dataset of a catalogue.</summary>
internal sealed record DcatDataset
{
    [JsonPropertyName("@type")]
    public string Type { get; } = "dcat:Dataset";

    public string AccessLevel { get; } = "public";

    /// <summary>Where its data is.</summary>
    public required string Identifier { get; init; }

    public required string Title { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<string> Keyword { get; init; }

    public required string Issued { get; init; }

    public required string Modified { get; init; }

    public required DcatPublisher Publisher { get; init; }

    public required DcatContactPoint ContactPoint { get; init; }

    public required IReadOnlyList<DcatDistribution> Distribution { get; init; }

    /// <summary>Addresses of the EU's data themes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Theme { get; init; }

    /// <summary>An ISO 8601 interval, or irregular.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AccrualPeriodicity { get; init; }

    /// <summary>Addresses of documentation.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? References { get; init; }

    public static DcatDataset Of(SharedDataset dataset, string organization)
    {
        var terms = dataset.Terms;
        return new DcatDataset
        {
            Identifier = dataset.Data.AbsoluteUri,
            Title = terms.Name,
            Description = terms.Description,
            Keyword = terms.Keywords ?? [],
            Issued = WireTime.Format(terms.CreatedAt),
            Modified = WireTime.Format(terms.UpdatedAt),
            Publisher = new DcatPublisher(organization),
            ContactPoint = new DcatContactPoint(terms.AuthorName, "mailto:" + terms.AuthorEmail),
            Distribution = [new DcatDistribution(terms.License, dataset.Data.AbsoluteUri, terms.ResourceTitle)],
            Theme = terms.Themes is { Count: > 0 } themes ? [.. themes.Select(DatasetCodes.ThemeAddress)] : null,
            AccrualPeriodicity = DatasetCodes.Interval(terms.UpdateFrequency),
            References = terms.DocumentationUrl is { } documentation ? [documentation] : null,
        };
    }
}

/// <summary>Who shares it.</summary>
internal sealed record DcatPublisher(string Name);

/// <summary>Whom to ask about it.</summary>
internal sealed record DcatContactPoint(string Fn, string HasEmail)
{
    [JsonPropertyName("@type"), JsonPropertyOrder(-1)]
    public string Type { get; } = "vcard:Contact";
}

/// <summary>A form in which the data can be had.</summary>
internal sealed record DcatDistribution(string License, [property: JsonPropertyName("accessURL")] string AccessUrl, string Title)
{
    [JsonPropertyName("@type"), JsonPropertyOrder(-3)]
    public string Type { get; } = "dcat:Distribution";

    [JsonPropertyOrder(-2)]
    public string MediaType { get; } = "application/json";

    [JsonPropertyOrder(-1)]
    public string Format { get; } = "JSON";
}

using System.Text.Json.Nodes;
using OS2iot.Api.Http;
using OS2iot.Core.DataTargets.OpenDataDk;

namespace OS2iot.Api.OpenDataDk;

/// <summary>A catalogue as linked data in the terms of DCAT-AP, the EU's profile.</summary>
internal static class DcatApCatalogue
{
    private const string JsonFileType = "http://publications.europa.eu/resource/authority/file-type/JSON";

    private const string JsonMediaType = "https://www.iana.org/assignments/media-types/application/json";

    public static JsonObject Of(SharedCatalogue catalogue) => new()
    {
        ["@context"] = new JsonObject
        {
            ["dcat"] = "http://www.w3.org/ns/dcat#",
            ["dct"] = "http://purl.org/dc/terms/",
            ["foaf"] = "http://xmlns.com/foaf/0.1/",
            ["vcard"] = "http://www.w3.org/2006/vcard/ns#",
            ["xsd"] = "http://www.w3.org/2001/XMLSchema#",
        },
        ["@id"] = catalogue.Address.AbsoluteUri,
        ["@type"] = "dcat:Catalog",
        ["dct:title"] = Danish($"Åbne data fra {catalogue.Organization}"),
        ["dct:description"] = Danish($"Data, som {catalogue.Organization} deler fra OS2iot."),
        ["dct:publisher"] = Agent(catalogue.Organization),
        ["dcat:dataset"] = Array(catalogue.Datasets.Select(d => Dataset(d, catalogue.Organization))),
    };

    private static JsonObject Dataset(SharedDataset shared, string organization)
    {
        var terms = shared.Terms;
        var dataset = new JsonObject
        {
            ["@id"] = shared.Data.AbsoluteUri + "#dataset",
            ["@type"] = "dcat:Dataset",
            ["dct:identifier"] = shared.Data.AbsoluteUri,
            ["dct:title"] = Danish(terms.Name),
            ["dct:description"] = Danish(terms.Description),
            ["dct:issued"] = Time(terms.CreatedAt),
            ["dct:modified"] = Time(terms.UpdatedAt),
            ["dct:publisher"] = Agent(organization),
            ["dcat:contactPoint"] = new JsonObject
            {
                ["@type"] = "vcard:Kind",
                ["vcard:fn"] = terms.AuthorName,
                ["vcard:hasEmail"] = Link("mailto:" + terms.AuthorEmail),
            },
            ["dcat:keyword"] = Array((terms.Keywords ?? []).Select(Danish)),
            ["dcat:theme"] = Array((terms.Themes ?? []).Select(t => Link(DatasetCodes.ThemeAddress(t)))),
            ["dcat:distribution"] = new JsonArray(Distribution(terms, shared.Data.AbsoluteUri)),
        };
        if (terms.UpdateFrequency is { } frequency)
        {
            dataset["dct:accrualPeriodicity"] = Link(DatasetCodes.FrequencyAddress(frequency));
        }

        if (terms.DocumentationUrl is { } documentation)
        {
            dataset["foaf:page"] = Link(new Uri(documentation).AbsoluteUri);
        }

        return dataset;
    }

    private static JsonObject Distribution(OpenDataDkDataset terms, string data) => new()
    {
        ["@id"] = data + "#distribution",
        ["@type"] = "dcat:Distribution",
        ["dct:title"] = Danish(terms.ResourceTitle),
        ["dcat:accessURL"] = Link(data),
        ["dct:license"] = Link(new Uri(terms.License).AbsoluteUri),
        ["dct:format"] = Link(JsonFileType),
        ["dcat:mediaType"] = Link(JsonMediaType),
    };

    private static JsonObject Agent(string name) => new() { ["@type"] = "foaf:Agent", ["foaf:name"] = Danish(name) };

    private static JsonArray Array(IEnumerable<JsonNode> elements) => new([.. elements]);

    private static JsonObject Danish(string text) => new JsonObject { ["@language"] = "da", ["@value"] = text };

    private static JsonObject Link(string address) => new JsonObject { ["@id"] = address };

    private static JsonObject Time(DateTimeOffset time) => new() { ["@type"] = "xsd:dateTime", ["@value"] = WireTime.Format(time) };
}

using System.Text.Json;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;
using OS2iot.Core.DataTargets.OpenDataDk;

namespace OS2iot.Api.OpenDataDk;

/// <summary>How a target's data is announced to the public. What is absent of the optional members stays as it is.</summary>
internal sealed class DatasetRequest
{
    private static readonly Shape Members = new()
    {
        ["name"] = FilledIn(),
        ["description"] = FilledIn(),
        ["keywords"] = Texts().Optional(),
        ["license"] = Is.Text().AndUrl(),
        ["authorName"] = FilledIn(),
        ["authorEmail"] = Is.Email(),
        ["resourceTitle"] = FilledIn(),
        ["updateFrequency"] = Is.OneOf(DatasetCodes.Frequencies).Optional(),
        ["documentationUrl"] = Is.Text().AndUrl().AtMost(1024).Optional(),
        ["themes"] = Is.SomeOf(DatasetCodes.Themes).Optional(),
        ["confirmPersonalData"] = Is.Boolean().Optional(),
    };

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public Optional<string[]?> Keywords { get; init; }

    /// <summary>Address of the licence.</summary>
    public string License { get; init; } = "";

    public string AuthorName { get; init; } = "";

    public string AuthorEmail { get; init; } = "";

    public string ResourceTitle { get; init; } = "";

    /// <summary>A code of the EU's frequency list, such as HOURLY.</summary>
    public Optional<string?> UpdateFrequency { get; init; }

    public Optional<string?> DocumentationUrl { get; init; }

    /// <summary>Codes of the EU's data-theme list, such as ENVI.</summary>
    public Optional<string[]?> Themes { get; init; }

    /// <summary>Must be true where the application is marked as holding personal data.</summary>
    public Optional<bool?> ConfirmPersonalData { get; init; }

    public static Field Rules() => Is.Object(Members)
        .Rule("nestedValidation", v => v.ValueKind == JsonValueKind.Object, p => $"nested property {p} must be either object or array", onAbsent: false)
        .Optional();

    /// <summary>The dataset as it is after this request. It keeps its id, so that its address stays.</summary>
    public OpenDataDkDataset ApplyTo(OpenDataDkDataset? stored)
    {
        var dataset = stored ?? new OpenDataDkDataset { Name = Name, License = License, AuthorName = AuthorName, AuthorEmail = AuthorEmail };
        dataset.Name = Name;
        dataset.Description = Description;
        dataset.License = License;
        dataset.AuthorName = AuthorName;
        dataset.AuthorEmail = AuthorEmail;
        dataset.ResourceTitle = ResourceTitle;
        dataset.Keywords = Keywords.IsPresent ? Keywords.Value?.ToList() : dataset.Keywords;
        dataset.UpdateFrequency = UpdateFrequency.Or(dataset.UpdateFrequency);
        dataset.DocumentationUrl = DocumentationUrl.Or(dataset.DocumentationUrl);
        dataset.Themes = Themes.IsPresent ? Themes.Value?.ToList() : dataset.Themes;
        dataset.PersonalDataConfirmed = ConfirmPersonalData.Or(dataset.PersonalDataConfirmed) ?? false;
        return dataset;
    }

    private static Field FilledIn() => Is.Text().Rule(
        "isNotEmpty", v => v.ValueKind != JsonValueKind.Null && !(v.ValueKind == JsonValueKind.String && v.GetString() == ""), p => $"{p} should not be empty");

    private static Field Texts() => new Field()
        .Rule("isArray", v => v.ValueKind == JsonValueKind.Array, p => $"{p} must be an array")
        .Rule(
            "isString", v => v.ValueKind == JsonValueKind.Array && v.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String),
            p => $"each value in {p} must be a string");
}

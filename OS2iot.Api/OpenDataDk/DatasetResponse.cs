using OS2iot.Api.Http;
using OS2iot.Core.DataTargets.OpenDataDk;

namespace OS2iot.Api.OpenDataDk;

/// <summary>How a target's data is announced to the public.</summary>
internal sealed class DatasetResponse(OpenDataDkDataset dataset) : EntityResponse(dataset)
{
    public string Name { get; } = dataset.Name;

    public string Description { get; } = dataset.Description;

    public IReadOnlyList<string>? Keywords { get; } = dataset.Keywords;

    public string License { get; } = dataset.License;

    public string AuthorName { get; } = dataset.AuthorName;

    public string AuthorEmail { get; } = dataset.AuthorEmail;

    public string ResourceTitle { get; } = dataset.ResourceTitle;

    public string? UpdateFrequency { get; } = dataset.UpdateFrequency;

    public string? DocumentationUrl { get; } = dataset.DocumentationUrl;

    public IReadOnlyList<string>? Themes { get; } = dataset.Themes;

    public bool ConfirmPersonalData { get; } = dataset.PersonalDataConfirmed;

    public static DatasetResponse? From(OpenDataDkDataset? dataset) => dataset is null ? null : new DatasetResponse(dataset);
}

using System.ComponentModel.DataAnnotations;

namespace OS2iot.Api.OpenDataDk;

/// <summary>How data is shared with the public.</summary>
internal sealed class OpenDataDkOptions
{
    public const string Section = "OpenDataDk";

    /// <summary>
    /// The address under which the public reaches this API, such as <c>https://iot.example.dk</c>. Without it the catalogue names the
    /// address that it was asked by.
    /// </summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>Who is told of a new catalogue.</summary>
    [Required, EmailAddress]
    public string Mail { get; set; } = "info@opendata.dk";

    /// <summary>For so long others may show what they fetched.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan CatalogueMaxAge { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The same for data. Within half of it we answer everybody from what we read once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan DataMaxAge { get; set; } = TimeSpan.FromSeconds(30);
}

namespace OS2iot.Api.OpenDataDk;

/// <summary>Words of the EU's vocabularies for open data, and what other vocabularies say for them.</summary>
internal static class DatasetCodes
{
    /// <summary>Data themes by code.</summary>
    public static readonly string[] Themes =
    [
        "AGRI", "ECON", "EDUC", "ENER", "ENVI", "GOVE", "HEAL", "INTR", "JUST", "REGI", "SOCI", "TECH", "TRAN", "OP_DATPRO",
    ];

    private const string Authority = "http://publications.europa.eu/resource/authority/";

    /// <summary>Frequencies by code; the value is the ISO 8601 interval that the American catalogue format wants, where there is one.</summary>
    private static readonly Dictionary<string, string?> Intervals = new()
    {
        ["TRIENNIAL"] = "R/P3Y",
        ["BIENNIAL"] = "R/P2Y",
        ["ANNUAL"] = "R/P1Y",
        ["ANNUAL_2"] = "R/P6M",
        ["ANNUAL_3"] = "R/P4M",
        ["QUARTERLY"] = "R/P3M",
        ["BIMONTHLY"] = "R/P2M",
        ["MONTHLY"] = "R/P1M",
        ["MONTHLY_2"] = "R/P0.5M",
        ["MONTHLY_3"] = "R/P0.33M",
        ["BIWEEKLY"] = "R/P2W",
        ["WEEKLY"] = "R/P1W",
        ["WEEKLY_2"] = "R/P3.5D",
        ["WEEKLY_3"] = "R/P0.33W",
        ["DAILY"] = "R/P1D",
        ["DAILY_2"] = "R/PT12H",
        ["TRIHOURLY"] = "R/PT3H",
        ["BIHOURLY"] = "R/PT2H",
        ["HOURLY"] = "R/PT1H",
        ["30MIN"] = "R/PT30M",
        ["15MIN"] = "R/PT15M",
        ["10MIN"] = "R/PT10M",
        ["5MIN"] = "R/PT5M",
        ["1MIN"] = "R/PT1M",
        ["CONT"] = "R/PT1S",
        ["UPDATE_CONT"] = "R/PT1S",
        ["IRREG"] = "irregular",
        ["AS_NEEDED"] = "irregular",
        ["NEVER"] = null,
        ["NOT_PLANNED"] = null,
        ["UNKNOWN"] = null,
        ["OTHER"] = null,
    };

    public static readonly string[] Frequencies = [.. Intervals.Keys];

    public static string? Interval(string? frequency) => frequency is null ? null : Intervals.GetValueOrDefault(frequency);

    public static string ThemeAddress(string code) => Authority + "data-theme/" + code;

    public static string FrequencyAddress(string code) => Authority + "frequency/" + code;
}

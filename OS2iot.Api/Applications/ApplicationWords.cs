namespace OS2iot.Api.Applications;

/// <summary>The closed lists of words in an application.</summary>
internal static class ApplicationWords
{
    public static readonly IReadOnlyCollection<string> Statuses = ["NONE", "IN-OPERATION", "PROJECT", "PROTOTYPE", "OTHER"];

    public static readonly IReadOnlyCollection<string> DeviceTypes = [.. Core.Devices.DeviceTypes.WireValues, "OTHER"];

    /// <summary>Quantities of the smart data models, in the order in which they are stored; one is misspelt there and so here.</summary>
    public static readonly IReadOnlyCollection<string> ControlledProperties =
    [
        "airPollution", "atmosphericPressure", "cdom", "conductance", "conductivity", "depth", "eatingActivity",
        "electricityConsumption", "energy", "fillingLevel", "gasComsumption", "heading", "humidity", "light", "location", "milking",
        "motion", "movementActivity", "noiseLevel", "occupancy", "orp", "pH", "power", "precipitation", "pressure", "salinity", "smoke",
        "soilMoisture", "solarRadiation", "speed", "tds", "temperature", "trafficFlow", "tss", "turbidity", "waterConsumption",
        "waterPollution", "weatherConditions", "weight", "windDirection", "windSpeed",
    ];
}

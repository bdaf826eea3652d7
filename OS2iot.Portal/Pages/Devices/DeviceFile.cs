using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace OS2iot.Portal.Pages.Devices;

/// <summary>
/// A file of devices: comma or semicolon separated values, a header line with the names that the Api has, UTF-8. What the export wrote is
/// read again; rows with an id change the device, the others make one.
/// </summary>
internal sealed class DeviceFile
{
    public const int MaxBytes = 4 * 1024 * 1024;

    public const int MaxRows = 5_000;

    private static readonly string[] Types = ["GENERIC_HTTP", "LORAWAN", "MQTT_INTERNAL_BROKER", "MQTT_EXTERNAL_BROKER"];

    private static readonly Dictionary<string, (string Member, string[] Columns)> Settings = new(StringComparer.Ordinal)
    {
        ["LORAWAN"] = ("lorawanSettings",
        [
            "devEUI", "deviceProfileID", "skipFCntCheck", "isDisabled", "activationType", "joinEUI", "OTAAapplicationKey", "OTAAnetworkKey", "devAddr",
            "networkSessionKey", "applicationSessionKey", "fCntUp", "nFCntDown",
        ]),
        ["MQTT_INTERNAL_BROKER"] = ("mqttInternalBrokerSettings", ["authenticationType", "mqttusername", "mqttpassword"]),
        ["MQTT_EXTERNAL_BROKER"] = ("mqttExternalBrokerSettings",
        [
            "authenticationType", "mqttURL", "mqttPort", "mqtttopicname", "mqttusername", "mqttpassword", "caCertificate", "deviceCertificate", "deviceCertificateKey",
        ]),
    };

    private static readonly string[] Plain = ["name", "commentOnLocation", "comment"];

    private static readonly string[] Numbers = ["deviceModelId", "mqttPort", "fCntUp", "nFCntDown"];

    private static readonly string[] Booleans = ["skipFCntCheck", "isDisabled"];

    private static readonly string[] Base64 = ["caCertificate", "deviceCertificate", "deviceCertificateKey"];

    private DeviceFile(IReadOnlyList<DeviceFileRow> rows, string? problem) => (Rows, Problem) = (rows, problem);

    public IReadOnlyList<DeviceFileRow> Rows { get; }

    /// <summary>Why nothing of it can be read.</summary>
    public string? Problem { get; }

    /// <summary>Names of columns that are in the exemplary file of each kind.</summary>
    public static readonly IReadOnlyDictionary<string, string> Samples = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["generic-http"] =
            "name,id,type,longitude,latitude,commentOnLocation,comment,deviceModelId\nSensor 1,,GENERIC_HTTP,10.2039,56.1629,,,\n",
        ["lorawan-otaa"] =
            "name,id,type,longitude,latitude,commentOnLocation,comment,deviceModelId,devEUI,deviceProfileID,skipFCntCheck,activationType,OTAAapplicationKey\n"
            + "Sensor 1,,LORAWAN,10.2039,56.1629,,,,0011223344556677,,false,OTAA,\n",
        ["lorawan-abp"] =
            "name,id,type,longitude,latitude,commentOnLocation,comment,deviceModelId,devEUI,deviceProfileID,skipFCntCheck,activationType,devAddr,"
            + "networkSessionKey,applicationSessionKey,fCntUp,nFCntDown\nSensor 1,,LORAWAN,10.2039,56.1629,,,,0011223344556677,,false,ABP,00112233,,,0,0\n",
        ["mqtt-internal-broker"] =
            "name,id,type,longitude,latitude,commentOnLocation,comment,deviceModelId,authenticationType,mqttusername,mqttpassword\n"
            + "Sensor 1,,MQTT_INTERNAL_BROKER,10.2039,56.1629,,,,PASSWORD,sensor1,\nSensor 2,,MQTT_INTERNAL_BROKER,10.2039,56.1629,,,,CERTIFICATE,,\n",
        ["mqtt-external-broker"] =
            "name,id,type,longitude,latitude,commentOnLocation,comment,deviceModelId,mqttURL,mqttPort,mqtttopicname,authenticationType,mqttusername,"
            + "mqttpassword,caCertificate,deviceCertificate,deviceCertificateKey\n"
            + "Sensor 1,,MQTT_EXTERNAL_BROKER,10.2039,56.1629,,,,mqtts://broker.example,8883,sensors/1,PASSWORD,sensor1,,,,\n",
    };

    public static async Task<DeviceFile> ReadAsync(Stream file, int applicationId, CancellationToken ct)
    {
        var rows = new List<DeviceFileRow>();
        try
        {
            using var text = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true));
            using var csv = new CsvReader(text, new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                DetectDelimiter = true,
                DetectDelimiterValues = [",", ";", "\t"],
                TrimOptions = TrimOptions.Trim,
                MissingFieldFound = null,
                BadDataFound = null,
            });
            if (!await csv.ReadAsync() || !csv.ReadHeader() || csv.HeaderRecord?.Contains("name", StringComparer.OrdinalIgnoreCase) != true
                || !csv.HeaderRecord.Contains("type", StringComparer.OrdinalIgnoreCase))
            {
                return new DeviceFile([], ImportTexts.NoHeader);
            }

            var columns = csv.HeaderRecord.Select((name, i) => (Name: name.Trim(), Index: i)).DistinctBy(c => c.Name, StringComparer.OrdinalIgnoreCase)
                .ToDictionary(c => c.Name, c => c.Index, StringComparer.OrdinalIgnoreCase);
            while (await csv.ReadAsync())
            {
                ct.ThrowIfCancellationRequested();
                if (csv.Parser.Record is not { } cells || cells.All(string.IsNullOrWhiteSpace))
                {
                    continue;
                }

                if (rows.Count == MaxRows)
                {
                    return new DeviceFile([], ImportTexts.TooManyRows.With(MaxRows));
                }

                rows.Add(RowOf(csv.Parser.Row, applicationId, name => columns.TryGetValue(name, out var i) && i < cells.Length ? Cell(cells[i]) : null));
            }
        }
        catch (Exception exception) when (exception is CsvHelperException or DecoderFallbackException)
        {
            return new DeviceFile([], ImportTexts.Unreadable);
        }

        return rows.Count == 0 ? new DeviceFile([], ImportTexts.Empty) : new DeviceFile(rows, null);
    }

    // The export keeps spreadsheets from running a cell by an apostrophe.
    private static string? Cell(string cell) =>
        cell.Length == 0 ? null : cell is ['\'', '=' or '+' or '-' or '@', ..] ? cell[1..] : cell;

    private static DeviceFileRow RowOf(int line, int applicationId, Func<string, string?> cell)
    {
        var problems = new List<string>();
        var type = cell("type")?.ToUpperInvariant() ?? "";
        if (!Types.Contains(type))
        {
            problems.Add(type == "SIGFOX" ? ImportTexts.NotSigfox : ImportTexts.UnknownType.With(type, string.Join(", ", Types)));
        }

        var body = new Dictionary<string, object?> { ["type"] = type, ["applicationId"] = applicationId };
        int? id = null;
        if (cell("id") is { } given)
        {
            id = int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
            body["id"] = id;
            if (id is null)
            {
                problems.Add(ImportTexts.NotANumber.With("id"));
            }
        }

        Array.ForEach(Plain, column => body[column] = cell(column) ?? (column == "name" ? "" : null));
        Place(body, cell, problems);
        Add(body, "deviceModelId", cell("deviceModelId"), problems);
        if (Settings.TryGetValue(type, out var own))
        {
            var settings = new Dictionary<string, object?>();
            Array.ForEach(own.Columns, column => Add(settings, column, cell(column), problems));
            body[own.Member] = settings;
        }

        return new DeviceFileRow(line, cell("name") ?? "", type, id, body, problems);
    }

    private static void Place(Dictionary<string, object?> body, Func<string, string?> cell, List<string> problems)
    {
        var given = ((string[])["latitude", "longitude"]).Select(name => (Name: name, Text: cell(name)?.Replace(',', '.'))).ToList();
        if (given.TrueForAll(g => g.Text is null))
        {
            return;
        }

        foreach (var (name, text) in given)
        {
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var degrees) && double.IsFinite(degrees))
            {
                body[name] = degrees;
            }
            else
            {
                problems.Add(ImportTexts.NotANumber.With(name));
            }
        }
    }

    /// <summary>An empty cell says nothing: a new device gets what is usual, one that is there keeps what it has.</summary>
    private static void Add(Dictionary<string, object?> members, string column, string? text, List<string> problems)
    {
        if (text is null)
        {
            return;
        }

        if (Numbers.Contains(column))
        {
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                members[column] = number;
            }
            else
            {
                problems.Add(ImportTexts.NotANumber.With(column));
            }
        }
        else if (Booleans.Contains(column))
        {
            members[column] = text.Equals("true", StringComparison.OrdinalIgnoreCase);
        }
        else if (Base64.Contains(column) && !text.StartsWith("-----", StringComparison.Ordinal))
        {
            var bytes = new byte[text.Length];
            if (Convert.TryFromBase64String(text, bytes, out var length))
            {
                members[column] = Encoding.UTF8.GetString(bytes, 0, length);
            }
            else
            {
                problems.Add(ImportTexts.NotBase64.With(column));
            }
        }
        else
        {
            members[column] = text;
        }
    }
}

/// <param name="Line">In the file; the header is 1.</param>
/// <param name="Name">Of the device.</param>
/// <param name="Type">On the wire.</param>
/// <param name="Id">Of a device that is there already.</param>
/// <param name="Body">For the Api.</param>
/// <param name="Problems">Why it is not sent.</param>
internal sealed record DeviceFileRow(int Line, string Name, string Type, int? Id, IReadOnlyDictionary<string, object?> Body, IReadOnlyList<string> Problems);

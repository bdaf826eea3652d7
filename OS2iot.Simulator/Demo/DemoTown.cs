using System.Buffers.Binary;
using System.Text.Json;

namespace OS2iot.Simulator.Demo;

/// <summary>A small town on the coast of northern Jutland: its sensors, where they are and what they measure when.</summary>
internal static class DemoTown
{
    public const string Organization = "Strandby Kommune";

    private const string WaterDecoder =
        """
        // The sensor hangs above the water and measures the distance down to it, in millimetres.
        function decode(payload, metadata) {
            if (typeof payload.distance !== 'number') {
                throw new Error('distance is missing: the sensor got no echo');
            }
            const device = JSON.parse(metadata.metadata);
            return {
                device: metadata.name,
                waterLevel: Math.round((Number(device.mountHeight) - payload.distance) / 10),
                unit: 'cm DVR90',
                battery: payload.battery,
                location: metadata.location
            };
        }
        """;

    private const string ClimateDecoder =
        """
        // Six bytes: temperature (tenths of a degree, signed), humidity (%), CO2 (ppm), battery (tenths of a volt).
        function decode(payload, metadata) {
            const bytes = payload.data.match(/../g).map(byte => parseInt(byte, 16));
            const temperature = ((bytes[0] << 8 | bytes[1]) << 16 >> 16) / 10;
            return {
                device: metadata.name,
                temperature: temperature,
                humidity: bytes[2],
                co2: bytes[3] << 8 | bytes[4],
                battery: bytes[5] / 10,
                location: metadata.location
            };
        }
        """;

    /// <summary>The applications, each with its decoder and its devices.</summary>
    public static readonly IReadOnlyList<DemoApplication> Applications =
    [
        new("Vandstand", "Vandstand i havnen og Elling Å", "IN-OPERATION", "vandstand", "Vandstandsmåler", WaterDecoder,
        [
            Water("Havnen, ydermole", 57.49291, 10.50402, mountHeight: 4200, delay: TimeSpan.Zero),
            Water("Havnen, inderhavn", 57.49214, 10.50053, mountHeight: 3900, delay: TimeSpan.FromMinutes(10)),
            Water("Elling Å, udløb", 57.48197, 10.51318, mountHeight: 3600, delay: TimeSpan.FromMinutes(25)),
            Water("Elling Å, Strandbyvej", 57.47952, 10.49617, mountHeight: 3450, delay: TimeSpan.FromMinutes(50)),
        ]),
        new("Indeklima i skoler", "CO2, temperatur og fugt i klasselokaler", "IN-OPERATION", "indeklima", "Indeklimasensor", ClimateDecoder,
        [
            Climate("Strandby Skole, lokale 2A", 57.49377, 10.49301, pupils: 24),
            Climate("Strandby Skole, lokale 4B", 57.49389, 10.49336, pupils: 27),
            Climate("Strandby Skole, bibliotek", 57.49362, 10.49274, pupils: 9),
            Climate("Børnehuset Mågen, stue 1", 57.49148, 10.48987, pupils: 16),
        ]),
        new("Parkering", "Ledige pladser ved havnen", "PROTOTYPE", "parkering", null, null,
        [
            Parking("Havnepladsen, plads 1", 57.49187, 10.49961, popularity: 0.9),
            Parking("Havnepladsen, plads 2", 57.49185, 10.49969, popularity: 0.8),
            Parking("Havnepladsen, plads 3", 57.49183, 10.49977, popularity: 0.7),
            Parking("Strandvejen, handicapplads", 57.49405, 10.50112, popularity: 0.3),
        ]),
        new("Vejr", "Vejrstationer over MQTT: to af vores egne, og naboens", "IN-OPERATION", "vejr", null, null,
        [
            Weather("Vejrstation, havnekontoret", 57.49236, 10.50028, DemoConnection.MqttByPassword),
            Weather("Vejrstation, Elling Skov", 57.47603, 10.48751, DemoConnection.MqttByCertificate),
            Weather("Vejrstation, Aalbæk (nabokommunen)", 57.59271, 10.41836, DemoConnection.MqttSubscription),
        ]),
    ];

    /// <summary>Tide, and the wind's slow push: millimetres above the datum.</summary>
    private static DemoDevice Water(string name, double latitude, double longitude, int mountHeight, TimeSpan delay) => new(
        name, latitude, longitude, new Dictionary<string, string> { ["mountHeight"] = $"{mountHeight}" }, (at, random) =>
        {
            // Now and then the radar gets no echo, as real ones do: the decoder says so.
            if (random.Next(40) == 0)
            {
                return new { error = "no echo", battery = Battery(at) };
            }

            var hours = (at - delay).TimeOfDay.TotalHours + (at.DayOfYear * 24);
            var level = (180 * Math.Sin(2 * Math.PI * hours / 12.42)) + (250 * Math.Sin(2 * Math.PI * hours / 91)) + random.Next(-15, 16);
            return new { distance = (int)(mountHeight - level), battery = Battery(at) };
        });

    private static DemoDevice Climate(string name, double latitude, double longitude, int pupils) => new(
        name, latitude, longitude, [], (at, random) =>
        {
            var local = at.Hour + 1 + (at.Minute / 60.0);
            var atSchool = at.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && local is > 8 and < 14.5;
            var sinceBreak = atSchool ? (local % 1.5) / 1.5 : 0;
            var co2 = 420 + (sinceBreak * pupils * 45) + random.Next(-12, 13);
            var temperature = 20.5 + (atSchool ? 1.6 : 0) + (random.NextDouble() * 0.4);

            Span<byte> bytes = stackalloc byte[6];
            BinaryPrimitives.WriteInt16BigEndian(bytes, (short)(temperature * 10));
            bytes[2] = (byte)(38 + (sinceBreak * 12) + random.Next(0, 3));
            BinaryPrimitives.WriteUInt16BigEndian(bytes[3..], (ushort)co2);
            bytes[5] = (byte)(Battery(at) * 10);
            return new { data = Convert.ToHexStringLower(bytes), seq = (int)(at.ToUnixTimeSeconds() / 20 % 65536) };
        });

    private static DemoDevice Parking(string name, double latitude, double longitude, double popularity) => new(
        name, latitude, longitude, [], (at, random) =>
        {
            var local = at.Hour + 1;
            var busy = local is >= 10 and <= 17 ? 1 : local is 9 or 18 or 19 ? 0.6 : 0.15;
            return new { occupied = random.NextDouble() < popularity * busy, battery = Battery(at) };
        });

    private static DemoDevice Weather(string name, double latitude, double longitude, DemoConnection connection) => new(
        name, latitude, longitude, [], (at, random) =>
        {
            var afternoon = Math.Cos(2 * Math.PI * (at.TimeOfDay.TotalHours - 13) / 24);
            return new
            {
                temperature = Math.Round(11 + (4.5 * afternoon) + random.NextDouble(), 1),
                humidity = (int)(78 - (12 * afternoon) + random.Next(-2, 3)),
                wind = Math.Round(6.5 + (2 * afternoon) + (random.NextDouble() * 3), 1),
                pressure = Math.Round(1012 + (8 * Math.Sin(2 * Math.PI * at.DayOfYear / 9.0)) + random.NextDouble(), 1),
            };
        })
    {
        Connection = connection,
    };

    /// <summary>Falls by a tenth of a volt in a hundred days.</summary>
    private static double Battery(DateTimeOffset at) => Math.Round(3.65 - (at.DayOfYear % 200 / 1000.0), 2);
}

/// <summary>An application of the town. Without a decoder its messages are passed on as they come.</summary>
internal sealed record DemoApplication(
    string Name, string Description, string Status, string Sink, string? DecoderName, string? Decoder, IReadOnlyList<DemoDevice> Devices);

/// <param name="Name">What people call it.</param>
/// <param name="Latitude">Degrees.</param>
/// <param name="Longitude">Degrees.</param>
/// <param name="Metadata">What its decoder has to know.</param>
/// <param name="Measure">What it sends at a time (UTC).</param>
internal sealed record DemoDevice(
    string Name, double Latitude, double Longitude, Dictionary<string, string> Metadata, Func<DateTimeOffset, Random, object> Measure)
{
    public DemoConnection Connection { get; init; }
}

/// <summary>How a sensor reaches us.</summary>
internal enum DemoConnection
{
    Http,
    MqttByPassword,
    MqttByCertificate,

    /// <summary>We subscribe at the broker of somebody else.</summary>
    MqttSubscription,
}

/// <summary>A device as the Api has it.</summary>
internal sealed record SeededDevice(DemoDevice Plan, JsonElement Entity)
{
    public int Id => Entity.GetProperty("id").GetInt32();

    /// <summary>Of a device that posts.</summary>
    public string ApiKey => Entity.GetProperty("apiKey").GetString()!;
}

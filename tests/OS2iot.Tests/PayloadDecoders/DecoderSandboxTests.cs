using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OS2iot.Core.Devices;
using OS2iot.Core.PayloadDecoders;
using OS2iot.Decoder;

namespace OS2iot.Tests.PayloadDecoders;

public sealed class DecoderSandboxTests(SharedSandbox shared) : IClassFixture<SharedSandbox>
{
    private static readonly DecoderScript Endless = new(666, 1, "function decode() { for (;;) ; }");

    private readonly DecoderSandbox _sandbox = shared.Sandbox;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("function decode(payload, metadata) { return { level: payload.mm / 1000, name: metadata.name, app: metadata.application.id } }",
        """{"level":1.234,"name":"Havnen","app":3}""")]
    [InlineData("const decode = (payload) => payload.mm", "1234")]
    [InlineData("function decode(p, m) { return [m.createdAt instanceof Date, m.createdAt, JSON.parse(m.metadata).offset, m.location.coordinates[0]] }",
        """[true,"2026-01-02T03:04:05.678Z","12",8.2]""")]
    [InlineData("function decode() { return { a: NaN, b: undefined, c: () => 1, d: new Date(0), e: [undefined, -0, 1e21, 0.1], f: 'æ\\u2028\"', g: new Map() } }",
        "{\"a\":null,\"d\":\"1970-01-01T00:00:00.000Z\",\"e\":[null,0,1e+21,0.1],\"f\":\"æ\\u2028\\\"\",\"g\":{}}")]
    [InlineData("function decode() { return { toJSON() { return new Number(5) } } }", "5")]
    [InlineData("function decode() { return null }", "null")]
    [InlineData("function decode() { return atob('aGVq') + btoa('hej') + atob('aGU') + (global === globalThis) }", "\"hejaGVqhetrue\"")]
    [InlineData("async function decode(p) { await null; return p.mm }", "1234")]
    [InlineData("function decodeUplink(input) { return { data: { n: input.bytes.length, port: input.fPort, at: input.recvTime, v: input.variables.offset } } }",
        """{"n":11,"port":5,"at":"2026-05-04T03:02:01.000Z","v":"12"}""")]
    [InlineData("function Decode(fPort, bytes, variables) { return { fPort, first: bytes[0], offset: variables.offset } }",
        """{"fPort":5,"first":123,"offset":"12"}""")]
    [InlineData("module.exports = { decode: (p) => p.mm }", "1234")]
    [InlineData("exports.decodeUplink = function (input) { return { data: input.fPort } }", "5")]
    [InlineData("export function decode(p) { return p.mm }", "1234")]
    [InlineData("const twice = (x) => x * 2; export default { decodeUplink: (input) => ({ data: twice(input.fPort) }) }", "10")]
    [InlineData("function Decode() { return 3 } function decodeUplink() { return 2 } function decode() { return 1 }", "1")]
    public async Task Decode_WhenScriptFollowsAContract_IsItsResult(string code, string expected)
    {
        var result = await _sandbox.DecodeAsync(DecoderScript.Unsaved(code), Decoders.Input("""{"mm":1234}""", fPort: 5), Ct);

        var text = Decoders.Text(result);
        Assert.Equal(JsonSerializer.Serialize(JsonDocument.Parse(expected)), JsonSerializer.Serialize(JsonDocument.Parse(text)));
    }

    [Theory]
    [InlineData(DeviceType.LoRaWan, """{"data":"AQID","fPort":1}""", "[1,2,3]")]
    [InlineData(DeviceType.Sigfox, """{"data":"01020a"}""", "[1,2,10]")]
    [InlineData(DeviceType.MqttInternalBroker, "[7]", "[91,55,93]")]
    public async Task Decode_WhenScriptWantsBytes_GetsThemAsTheNetworkCarriesThem(DeviceType network, string payload, string expected)
    {
        var result = await _sandbox.DecodeAsync(
            DecoderScript.Unsaved("function decodeUplink(input) { return { data: input.bytes } }"), Decoders.Input(payload, network), Ct);

        Assert.Equal(expected, Decoders.Text(result));
    }

    [Fact]
    public async Task Decode_OfManyMessagesAtOnce_GivesEachItsOwnResult()
    {
        var script = new DecoderScript(701, 1, "function decode(payload) { return payload.n * 2 }");

        var results = await Task.WhenAll(Enumerable.Range(0, 500).Select(n => _sandbox.DecodeAsync(script, Decoders.Input($$"""{"n":{{n}}}"""), Ct)));

        Assert.Equal(Enumerable.Range(0, 500).Select(n => $"{2 * n}"), results.Select(Decoders.Text));
    }

    [Theory]
    [InlineData("for (;;) ;", DecodeFailure.Timeout)]
    [InlineData("for (const all = []; ; ) all.push(new Array(1000).fill(1))", DecodeFailure.Memory)]
    [InlineData("return Array.from({ length: 1e5 }, () => 'x'.repeat(1e4)).flat(Infinity).toSorted().join('') + [].concat(...Array(1e5).fill(Array(1e3).fill(1)))", null)]
    public async Task Decode_WhenOneOfManyMessagesIsBad_CostsOnlyThatOne(string bad, DecodeFailure? failure)
    {
        using var sandbox = Decoders.Sandbox(new DecodingOptions { SuspendAfter = 100 });
        var script = new DecoderScript(702, 1, $"function decode(payload) {{ if (payload.n === 77) {{ {bad} }} return payload.n }}");
        await Task.WhenAll(Enumerable.Range(0, 70).Select(n => sandbox.DecodeAsync(script, Decoders.Input($$"""{"n":{{n}}}"""), Ct)));

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => sandbox.DecodeAsync(script, Decoders.Input($$"""{"n":{{n}}}"""), Ct)));

        Assert.All(results.Where((_, n) => n != 77), r => Assert.True(r.Succeeded, r.Error));
        Assert.False(results[77].Succeeded);
        Assert.True(failure is null || results[77].Failure == failure, results[77].Error);
    }

    [Fact]
    public async Task Decode_WhenTheProcessMadeRoomForOtherScripts_SendsAScriptAgain()
    {
        using var sandbox = Decoders.Sandbox(new DecodingOptions { CacheLimit = 1 << 16 });
        var padding = new string(' ', 40_000);
        for (var round = 0; round < 3; round++)
        {
            for (var id = 0; id < 4; id++)
            {
                var script = new DecoderScript(id, 1, $"function decode() {{ return {id} }}{padding}");
                Assert.Equal($"{id}", Decoders.Text(await sandbox.DecodeAsync(script, Decoders.Input(), Ct)));
            }
        }
    }

    [Theory]
    [InlineData("export function decode(p) {\n return p.a.b }", DecodeFailure.Runtime, "TypeError", 2)]
    [InlineData("\nexport function decode( {", DecodeFailure.Syntax, "SyntaxError", 2)]
    [InlineData("import fs from 'fs'\nexport function decode() { return 1 }", DecodeFailure.Runtime, "", null)]
    [InlineData("export const x = (() => { for (;;) ; })(); export function decode() { return 1 }", DecodeFailure.Timeout, "ran longer", null)]
    [InlineData("module.exports = { get decode() { for (;;) ; } }", DecodeFailure.Timeout, "ran longer", null)]
    [InlineData("module.exports = 1", DecodeFailure.Runtime, "no function decode", null)]
    [InlineData("function decode( { }", DecodeFailure.Syntax, "SyntaxError", 1)]
    [InlineData("\n\nfunction decode(p) { return p.a.b.c }", DecodeFailure.Runtime, "TypeError", 3)]
    [InlineData("function decode(p) {\n throw new RangeError('too far') }", DecodeFailure.Runtime, "RangeError: too far", 2)]
    [InlineData("function decode() { throw 'plain' }", DecodeFailure.Runtime, "plain", 1)]
    [InlineData("function decode() { throw { get message() { for (;;) ; } } }", DecodeFailure.Timeout, "ran longer", null)]
    [InlineData("var a = 1", DecodeFailure.Runtime, "no function decode", null)]
    [InlineData("function decode() { }", DecodeFailure.Result, "returned nothing", null)]
    [InlineData("function decode() { return function () { } }", DecodeFailure.Result, "returned nothing", null)]
    [InlineData("function decode() { return 1n }", DecodeFailure.Result, "BigInt", null)]
    [InlineData("function decode() { var a = {}; a.a = a; return a }", DecodeFailure.Result, "contains itself", null)]
    [InlineData("function decode() { return 'x'.repeat(300000) }", DecodeFailure.Result, "longer than 256 kB", null)]
    [InlineData("async function decode() { await new Promise(() => { }) }", DecodeFailure.Runtime, "promise that nothing settles", null)]
    [InlineData("async function decode() { throw new Error('late') }", DecodeFailure.Runtime, "late", null)]
    [InlineData("function decodeUplink() { return { data: 1, errors: ['bad port', 'bad day'] } }", DecodeFailure.Runtime, "bad port; bad day", null)]
    [InlineData("function decode() { return eval('1') }", DecodeFailure.Runtime, "String compilation", 1)]
    [InlineData("function decode() { return new Function('return 1')() }", DecodeFailure.Runtime, "String compilation", 1)]
    [InlineData("function decode() { return System.IO.File.ReadAllText('/etc/passwd') }", DecodeFailure.Runtime, "System is not defined", 1)]
    [InlineData("function decode() { setTimeout(() => 1, 1) }", DecodeFailure.Runtime, "setTimeout is not defined", 1)]
    [InlineData("function decode() { return import('fs') }", DecodeFailure.Runtime, "", null)]
    public async Task Decode_WhenScriptFails_SaysWhatAndWhere(string code, DecodeFailure failure, string error, int? line)
    {
        var result = await _sandbox.DecodeAsync(DecoderScript.Unsaved(code), Decoders.Input(), Ct);

        Assert.Equal(failure, result.Failure);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
        Assert.True(line is null || line == result.Line, $"{result.Line}: {result.Error}");
    }

    [Theory]
    [InlineData("function encodeDownlink(input) { return { bytes: [input.data.on ? 1 : 0, 255], fPort: 7 } }", new byte[] { 1, 255 }, 7)]
    [InlineData("function encodeDownlink(input) { return { bytes: new Uint8Array([input.fPort]), fPort: input.fPort } }", new byte[] { 5 }, 5)]
    [InlineData("function Encode(fPort, object, variables) { return [fPort, object.on ? 1 : 0, variables.offset - 0] }", new byte[] { 5, 1, 12 }, null)]
    [InlineData("export function encodeDownlink() { return { bytes: [] } }", new byte[0], null)]
    public async Task Encode_WhenScriptMakesADownlink_IsItsBytesAndPort(string code, byte[] bytes, int? fPort)
    {
        var result = await _sandbox.EncodeAsync(DecoderScript.Unsaved(code), Decoders.Input("""{"on":true}""", DeviceType.LoRaWan, fPort: 5), Ct);

        Assert.True(result.Succeeded, result.Error);
        Assert.Equal(bytes, result.Bytes);
        Assert.Equal(fPort, result.FPort);
    }

    [Theory]
    [InlineData("function decode() { return 1 }", DecodeFailure.Runtime, "no function encodeDownlink")]
    [InlineData("function encodeDownlink() { return { bytes: [256] } }", DecodeFailure.Result, "Byte 0 ")]
    [InlineData("function encodeDownlink() { return { bytes: [1, 1.5] } }", DecodeFailure.Result, "Byte 1 ")]
    [InlineData("function encodeDownlink() { return { bytes: 'AQI=' } }", DecodeFailure.Result, "list of at most 242")]
    [InlineData("function encodeDownlink() { return { bytes: new Array(243).fill(0) } }", DecodeFailure.Result, "list of at most 242")]
    [InlineData("function encodeDownlink() { return { bytes: [1], fPort: 0 } }", DecodeFailure.Result, "1 to 223")]
    [InlineData("function encodeDownlink() { return { errors: ['not possible'] } }", DecodeFailure.Runtime, "not possible")]
    [InlineData("function encodeDownlink() { return { get bytes() { for (;;) ; } } }", DecodeFailure.Timeout, "ran longer")]
    [InlineData("function encodeDownlink() {\n return input.x }", DecodeFailure.Runtime, "line 2")]
    public async Task Encode_WhenScriptFails_SaysWhy(string code, DecodeFailure failure, string error)
    {
        var result = await _sandbox.EncodeAsync(DecoderScript.Unsaved(code), Decoders.Input(network: DeviceType.LoRaWan), Ct);

        Assert.Equal(failure, result.Failure);
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Bytes);
    }

    [Fact]
    public async Task Decode_WhenTheMessageHasNoBytes_BlamesTheMessage()
    {
        var result = await _sandbox.DecodeAsync(
            DecoderScript.Unsaved("function Decode() { return 1 }"), Decoders.Input("""{"data":"not base64!"}""", DeviceType.LoRaWan), Ct);

        Assert.Equal(DecodeFailure.Payload, result.Failure);
    }

    [Fact]
    public async Task Decode_WhenScriptPollutesPrototypesAndGlobals_LeavesNothingBehind()
    {
        var polluter = new DecoderScript(
            1, 1, "globalThis.left = 1; Object.prototype.x = 1; JSON.stringify = () => 'y'; Array.prototype.map = null; function decode() { return 1 }");
        for (var i = 0; i < 10; i++)
        {
            await _sandbox.DecodeAsync(polluter, Decoders.Input(), Ct);
        }

        var other = await _sandbox.DecodeAsync(
            new DecoderScript(2, 1, "function decode() { return [typeof left, typeof ({}).x, JSON.stringify({}), typeof [].map] }"), Decoders.Input(), Ct);
        var again = await _sandbox.DecodeAsync(
            new DecoderScript(1, 2, "function decode() { return typeof left }"), Decoders.Input(), Ct);

        Assert.Equal("""["undefined","undefined","{}","function"]""", Decoders.Text(other));
        Assert.Equal("\"undefined\"", Decoders.Text(again));
    }

    [Fact]
    public async Task Decode_WhenScriptWritesToTheConsole_KeepsTheFirstLines()
    {
        var result = await _sandbox.DecodeAsync(
            DecoderScript.Unsaved("function decode(p) { console.log('hej', p, 1); console.warn([1]); for (var i = 0; i < 1000; i++) console.info('x'.repeat(5000)); return 1 }"),
            Decoders.Input("""{"a":1}"""),
            Ct);

        Assert.Equal("hej {\"a\":1} 1", result.Console[0]);
        Assert.Equal("warn: [1]", result.Console[1]);
        Assert.Equal(50, result.Console.Count);
        Assert.All(result.Console, line => Assert.InRange(line.Length, 1, 500));
    }

    [Fact]
    public async Task Decode_WhenVersionGrows_RunsTheNewScript()
    {
        Assert.Equal("1", Decoders.Text(await _sandbox.DecodeAsync(new DecoderScript(55, 1, "function decode() { return 1 }"), Decoders.Input(), Ct)));
        Assert.Equal("2", Decoders.Text(await _sandbox.DecodeAsync(new DecoderScript(55, 2, "function decode() { return 2 }"), Decoders.Input(), Ct)));
        Assert.Equal("1", Decoders.Text(await _sandbox.DecodeAsync(new DecoderScript(55, 1, "function decode() { return 1 }"), Decoders.Input(), Ct)));
    }

    [Fact]
    public async Task Decode_WhenScriptMeetsItsLimitThreeTimes_IsSuspendedForLongerAndLonger()
    {
        var clock = new FakeTimeProvider(Decoders.ReceivedAt);
        using var sandbox = Decoders.Sandbox(clock: clock);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(DecodeFailure.Timeout, (await sandbox.DecodeAsync(Endless, Decoders.Input(), Ct)).Failure);
        }

        var suspended = await sandbox.DecodeAsync(Endless, Decoders.Input(), Ct);
        Assert.Equal(DecodeFailure.Suspended, suspended.Failure);
        Assert.Contains("suspended until 2026-05-04 03:02:11 UTC, because 3 runs", suspended.Error, StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(DecodeFailure.Timeout, (await sandbox.DecodeAsync(Endless, Decoders.Input(), Ct)).Failure);
        Assert.Contains("03:02:32", (await sandbox.DecodeAsync(Endless, Decoders.Input(), Ct)).Error, StringComparison.Ordinal);

        var mended = new DecoderScript(Endless.Id, 2, "function decode() { return 1 }");
        Assert.True((await sandbox.DecodeAsync(mended, Decoders.Input(), Ct)).Succeeded);
    }

    [Fact]
    public async Task Decode_WhenANeighbourIsEndless_GoesOn()
    {
        using var sandbox = Decoders.Sandbox(new DecodingOptions { TimeLimit = TimeSpan.FromSeconds(1), WallClockLimit = TimeSpan.FromSeconds(10) });
        var good = new DecoderScript(3, 1, "function decode(p) { return p }");
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => sandbox.DecodeAsync(good, Decoders.Input(), Ct)));

        // Versions of their own, so that none is suspended and all run to their limit.
        var hostile = Enumerable.Range(0, 8).Select(i => sandbox.DecodeAsync(new DecoderScript(666, i, "function decode() { for (;;) ; }"), Decoders.Input(), Ct)).ToList();
        for (var i = 0; i < 50; i++)
        {
            Assert.True((await sandbox.DecodeAsync(good, Decoders.Input(), Ct)).Succeeded);
        }

        // Each of them burns a second. Good ones that wait for them would see all of them end.
        Assert.InRange(hostile.Count(h => h.IsCompleted), 0, hostile.Count / 2);
        Assert.All(await Task.WhenAll(hostile), r => Assert.Equal(DecodeFailure.Timeout, r.Failure));
    }

    [Fact]
    public async Task Decode_WhenCancelled_StopsWaiting()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var waiting = Enumerable.Range(0, 5).Select(_ => _sandbox.DecodeAsync(new DecoderScript(667, 1, "function decode() { for (;;) ; }"), Decoders.Input(), cancel.Token)).ToList();
        await cancel.CancelAsync();

        foreach (var run in waiting)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        }
    }

    [Fact]
    public async Task Decode_WhenNothingCameForAWhile_StartsAgain()
    {
        using var sandbox = Decoders.Sandbox(new DecodingOptions { IdleTimeout = TimeSpan.FromSeconds(1) });
        var script = new DecoderScript(1, 1, "function decode() { return 1 }");
        Assert.Equal("1", Decoders.Text(await sandbox.DecodeAsync(script, Decoders.Input(), Ct)));
        await Task.Delay(TimeSpan.FromSeconds(2.5), Ct);
        Assert.Equal("1", Decoders.Text(await sandbox.DecodeAsync(script, Decoders.Input(), Ct)));
    }

    [Fact]
    public void Metadata_TellsADeviceAsTheApiDoes()
    {
        var metadata = new DecoderMetadata
        {
            Id = 4,
            Name = "Havnen",
            Type = DeviceType.GenericHttp,
            Latitude = 55.6,
            Longitude = 8.2,
            Metadata = """{"a":"b"}""",
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
            ApplicationId = 3,
            ApplicationName = "Vandstand",
        };

        var told = JsonElement.Parse(metadata.ToJson());

        Assert.Equal("Havnen", told.GetProperty("name").GetString());
        Assert.Equal("GENERIC_HTTP", told.GetProperty("type").GetString());
        Assert.Equal([8.2, 55.6], told.GetProperty("location").GetProperty("coordinates").EnumerateArray().Select(c => c.GetDouble()));
        Assert.Equal("""{"a":"b"}""", told.GetProperty("metadata").GetString());
        Assert.Equal("Vandstand", told.GetProperty("application").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Decode_OfAUsualScript_Succeeds()
    {
        var input = Decoders.Input("""{"mm":1234,"b":3.61,"t":"2026-01-01T00:00:00Z","data":"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="}""", DeviceType.LoRaWan) with { CaptureConsole = false };
        var script = new DecoderScript(900, 1, Typical);

        var results = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => _sandbox.DecodeAsync(script, input, Ct)));

        Assert.All(results, r => Assert.True(r.Succeeded, r.Error));
        Assert.Single(results.Select(r => Encoding.UTF8.GetString(r.Output.Span)).Distinct());
    }

    private const string Typical = """
        function decodeUplink(input) {
          var bytes = input.bytes;
          var decoded = {};
          var warnings = [];
          function u16(i) { return (bytes[i] << 8) | bytes[i + 1]; }
          function i16(i) { var v = u16(i); return v > 32767 ? v - 65536 : v; }
          function u32(i) { return ((bytes[i] << 24) | (bytes[i + 1] << 16) | (bytes[i + 2] << 8) | bytes[i + 3]) >>> 0; }
          for (var i = 0; i < bytes.length;) {
            var type = bytes[i++];
            switch (type) {
              case 0x01:
                decoded.temperature = i16(i) / 10;
                i += 2;
                break;
              case 0x02:
                decoded.humidity = bytes[i];
                i += 1;
                break;
              case 0x04:
                decoded.light = u16(i);
                i += 2;
                break;
              case 0x05:
                decoded.motion = bytes[i];
                i += 1;
                break;
              case 0x06:
                decoded.co2 = u16(i);
                i += 2;
                break;
              case 0x07:
                decoded.vdd = u16(i);
                i += 2;
                break;
              case 0x0b:
                decoded.pulse = u32(i);
                i += 4;
                break;
              default:
                warnings.push('unknown type ' + type.toString(16) + ' at ' + i);
                i = bytes.length;
            }
          }
          decoded.battery = Math.max(0, Math.min(100, Math.round(((decoded.vdd || 3600) - 3000) / 6)));
          decoded.comfort = rate(decoded);
          return { data: decoded, warnings: warnings };
        }
        function rate(d) {
          if (d.co2 > 2000) return 'poor';
          if (d.co2 > 1000) return 'fair';
          return d.temperature > 26 ? 'warm' : 'good';
        }
        """;
}

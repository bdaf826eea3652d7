using System.Text.Json;
using Acornima.Ast;
using Jint;
using Jint.Native;
using Jint.Native.Json;
using Jint.Native.Object;

namespace OS2iot.Decoder;

/// <summary>The functions that a script may define, by the platform that it was written for. The first one found is called.</summary>
internal abstract class DecoderContract(string name)
{
    /// <summary>What LoRaWAN carries at most.</summary>
    private const int MaxDownlink = 242;

    private static readonly Known[] Decoders =
    [
        new("decode", function => new Decode(function)),
        new("decodeUplink", function => new DecodeUplink(function)),
        new("Decode", function => new DecodeBytes(function)),
    ];

    private static readonly Known[] Encoders =
    [
        new("encodeDownlink", function => new EncodeDownlink(function)),
        new("Encode", function => new EncodeBytes(function)),
    ];

    public string Name { get; } = name;

    /// <param name="engine">In which the script has run.</param>
    /// <param name="exports">What the script exported, by either kind of module; null when it is no module.</param>
    /// <param name="wanted">The function that is wanted.</param>
    /// <exception cref="DecodeException">The script has none.</exception>
    public static DecoderContract Find(Engine engine, ObjectInstance? exports, DecoderFunction wanted)
    {
        var known = wanted is DecoderFunction.Decode ? Decoders : Encoders;
        foreach (var (name, create, lookup) in known)
        {
            // A declared function is a member of the global object; one in a const or let is only found by its name in a script.
            if (engine.GetValue(name) is { } declared && declared.IsCallable())
            {
                return create(declared);
            }

            if (engine.Evaluate(lookup) is { } assigned && assigned.IsCallable())
            {
                return create(assigned);
            }
        }

        return FindExported(exports, known)
            ?? FindExported(exports?.Get("default") as ObjectInstance, known)
            ?? throw new DecodeException(DecodeFailure.Runtime, wanted is DecoderFunction.Decode
                ? "The script has no function decode(payload, metadata), decodeUplink(input) or Decode(fPort, bytes, variables)."
                : "The script has no function encodeDownlink(input) or Encode(fPort, object, variables).");
    }

    private static DecoderContract? FindExported(ObjectInstance? exports, Known[] known) =>
        exports is null
            ? null
            : known.Select(k => exports.Get(k.Name) is { } exported && exported.IsCallable() ? k.Create(exported) : null).FirstOrDefault(c => c is not null);

    public abstract JsValue Call(Engine engine, DecodeRequest request);

    /// <summary>The value to pass on.</summary>
    public virtual JsValue Read(JsValue returned, DecoderConsole? console) => returned;

    private static JsValue Parse(Engine engine, ReadOnlyMemory<byte> json)
    {
        try
        {
            return new JsonParser(engine).Parse(json.Span);
        }
        catch (JintException exception)
        {
            throw new DecodeException(DecodeFailure.Payload, $"The message could not be handed to the script: {exception.Message}");
        }
    }

    private static ObjectInstance Metadata(Engine engine, DecodeRequest request)
    {
        if (Parse(engine, request.Metadata) is not ObjectInstance metadata)
        {
            return new JsObject(engine);
        }

        foreach (var name in (ReadOnlySpan<string>)["createdAt", "updatedAt"])
        {
            if (metadata.Get(name) is JsString text && DateTimeOffset.TryParse(text.ToString(), null, out var time))
            {
                metadata.Set(name, new JsDate(engine, time));
            }
        }

        return metadata;
    }

    /// <summary>What people wrote about the device as names and values.</summary>
    private static JsValue Variables(Engine engine, DecodeRequest request) =>
        Metadata(engine, request).Get("metadata") switch
        {
            JsString text when text.Length > 0 => Parse(engine, System.Text.Encoding.UTF8.GetBytes(text.ToString())),
            ObjectInstance values => values,
            _ => new JsObject(engine),
        };

    private static JsArray Bytes(Engine engine, DecodeRequest request) =>
        new(engine, Array.ConvertAll(BytesOf(request), b => (JsValue)JsNumber.Create(b)));

    /// <summary>LoRaWAN carries the device's bytes as base64, Sigfox as hexadecimal digits; elsewhere the whole message is theirs.</summary>
    private static byte[] BytesOf(DecodeRequest request)
    {
        if (request.Bytes is BytesForm.Whole)
        {
            return request.Payload.ToArray();
        }

        try
        {
            using var message = JsonDocument.Parse(request.Payload);
            var data = message.RootElement.TryGetProperty("data", out var found) ? found.GetString() ?? "" : "";
            return request.Bytes is BytesForm.Hexadecimal ? Convert.FromHexString(data) : Convert.FromBase64String(data);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            var form = request.Bytes is BytesForm.Hexadecimal ? "hexadecimal digits" : "base64";
            throw new DecodeException(DecodeFailure.Payload, $"The message has no 'data' that is {form}.");
        }
    }

    private static JsValue FPort(DecodeRequest request) => request.FPort is { } port ? JsNumber.Create(port) : JsValue.Null;

    private static IEnumerable<string> Texts(JsValue list) =>
        list is JsArray array
            ? Enumerable.Range(0, (int)Math.Min(array.Length, 10)).Select(i => array.Get(i)).Where(v => v.IsString()).Select(v => v.ToString())
            : [];

    /// <summary>An array that is ours, of what the script says are bytes.</summary>
    private static JsObject Downlink(Engine engine, string function, JsValue bytes, JsValue fPort)
    {
        var length = bytes is ObjectInstance list && list.Get("length") is JsNumber number ? number.AsNumber() : -1;
        if (length is < 0 or > MaxDownlink || length != Math.Truncate(length))
        {
            throw new DecodeException(DecodeFailure.Result, $"{function} must return bytes, a list of at most {MaxDownlink} numbers.");
        }

        var values = new JsValue[(int)length];
        for (var i = 0; i < values.Length; i++)
        {
            var value = ((ObjectInstance)bytes).Get(JsNumber.Create(i));
            values[i] = IsWhole(value, 0, 255)
                ? value
                : throw new DecodeException(DecodeFailure.Result, $"Byte {i} that {function} returned is not a whole number from 0 to 255.");
        }

        if (!fPort.IsUndefined() && !fPort.IsNull() && !IsWhole(fPort, 1, 223))
        {
            throw new DecodeException(DecodeFailure.Result, $"The fPort that {function} returned is not a whole number from 1 to 223.");
        }

        var downlink = new JsObject(engine);
        downlink.FastSetDataProperty("bytes", new JsArray(engine, values));
        downlink.FastSetDataProperty("fPort", fPort.IsUndefined() ? JsValue.Null : fPort);
        return downlink;
    }

    private static bool IsWhole(JsValue value, int min, int max) =>
        value.IsNumber() && value.AsNumber() is var number && number >= min && number <= max && number == Math.Truncate(number);

    /// <summary>OS2iot's own: the message as it came, and what is known of the device.</summary>
    private sealed class Decode(JsValue function) : DecoderContract("decode")
    {
        public override JsValue Call(Engine engine, DecodeRequest request) =>
            engine.Call(function, JsValue.Undefined, [Parse(engine, request.Payload), Metadata(engine, request)]);
    }

    /// <summary>ChirpStack v4 and The Things Network.</summary>
    private sealed class DecodeUplink(JsValue function) : DecoderContract("decodeUplink")
    {
        public override JsValue Call(Engine engine, DecodeRequest request)
        {
            var uplink = new JsObject(engine);
            uplink.FastSetDataProperty("bytes", Bytes(engine, request));
            uplink.FastSetDataProperty("fPort", FPort(request));
            uplink.FastSetDataProperty("recvTime", new JsDate(engine, request.ReceivedAt));
            uplink.FastSetDataProperty("variables", Variables(engine, request));
            return engine.Call(function, JsValue.Undefined, [uplink]);
        }

        public override JsValue Read(JsValue returned, DecoderConsole? console)
        {
            if (returned is not ObjectInstance answer)
            {
                return JsValue.Undefined;
            }

            foreach (var warning in Texts(answer.Get("warnings")))
            {
                console?.Add("warning", warning);
            }

            var errors = string.Join("; ", Texts(answer.Get("errors")));
            return errors.Length > 0 ? throw new DecodeException(DecodeFailure.Runtime, errors) : answer.Get("data");
        }
    }

    /// <summary>ChirpStack v3.</summary>
    private sealed class DecodeBytes(JsValue function) : DecoderContract("Decode")
    {
        public override JsValue Call(Engine engine, DecodeRequest request) =>
            engine.Call(function, JsValue.Undefined, [FPort(request), Bytes(engine, request), Variables(engine, request)]);
    }

    /// <summary>ChirpStack v4 and The Things Network, the other way.</summary>
    private sealed class EncodeDownlink(JsValue function) : DecoderContract("encodeDownlink")
    {
        public override JsValue Call(Engine engine, DecodeRequest request)
        {
            var input = new JsObject(engine);
            input.FastSetDataProperty("data", Parse(engine, request.Payload));
            input.FastSetDataProperty("fPort", FPort(request));
            input.FastSetDataProperty("variables", Variables(engine, request));
            return engine.Call(function, JsValue.Undefined, [input]);
        }

        public override JsValue Read(JsValue returned, DecoderConsole? console)
        {
            if (returned is not ObjectInstance answer)
            {
                return JsValue.Undefined;
            }

            foreach (var warning in Texts(answer.Get("warnings")))
            {
                console?.Add("warning", warning);
            }

            var errors = string.Join("; ", Texts(answer.Get("errors")));
            return errors.Length > 0
                ? throw new DecodeException(DecodeFailure.Runtime, errors)
                : Downlink(answer.Engine, Name, answer.Get("bytes"), answer.Get("fPort"));
        }
    }

    /// <summary>ChirpStack v3, the other way.</summary>
    private sealed class EncodeBytes(JsValue function) : DecoderContract("Encode")
    {
        public override JsValue Call(Engine engine, DecodeRequest request) =>
            engine.Call(function, JsValue.Undefined, [FPort(request), Parse(engine, request.Payload), Variables(engine, request)]);

        public override JsValue Read(JsValue returned, DecoderConsole? console) =>
            returned is ObjectInstance answer ? Downlink(answer.Engine, Name, answer, JsValue.Undefined) : JsValue.Undefined;
    }

    private sealed record Known(string Name, Func<JsValue, DecoderContract> Create, Prepared<Script> Lookup)
    {
        public Known(string name, Func<JsValue, DecoderContract> create)
            : this(name, create, Engine.PrepareScript($"typeof {name} === 'function' ? {name} : undefined"))
        {
        }
    }
}

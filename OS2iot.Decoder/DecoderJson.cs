using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Jint;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime;

namespace OS2iot.Decoder;

/// <summary>
/// Writes a script's value as JSON by the rules of <c>JSON.stringify</c>, but never deeper or longer than allowed: the engine's
/// own would first build the whole text.
/// </summary>
internal sealed class DecoderJson : IDisposable
{
    private const int MaxDepth = 64;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Engine _engine;
    private readonly int _limit;
    private readonly Utf8JsonWriter _writer;
    private int _depth;

    private DecoderJson(Engine engine, IBufferWriter<byte> buffer, int limit)
    {
        _engine = engine;
        _limit = limit;
        _writer = new Utf8JsonWriter(buffer, Options);
    }

    /// <summary>UTF-8, or empty for a value that JSON has no word for, such as undefined or a function.</summary>
    /// <exception cref="DecodeException">Too deep, too long, or a BigInt.</exception>
    public static ReadOnlyMemory<byte> Write(Engine engine, JsValue value, int limit)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var replaced = Replace(value, "");
        if (IsWritable(replaced))
        {
            using var json = new DecoderJson(engine, buffer, limit);
            json.Write(replaced);
        }

        return buffer.WrittenMemory;
    }

    public void Dispose() => _writer.Dispose();

    private static bool IsWritable(JsValue value) => !value.IsUndefined() && !value.IsSymbol() && !value.IsCallable();

    private static JsValue Replace(JsValue value, string key)
    {
        if (value is not ObjectInstance instance)
        {
            return value;
        }

        var toJson = instance.Get("toJSON");
        return toJson.IsCallable() ? toJson.Call(instance, [(JsValue)key]) : value;
    }

    private void Write(JsValue value)
    {
        _engine.Constraints.Check();
        if (_writer.BytesCommitted + _writer.BytesPending > _limit)
        {
            throw TooLong();
        }

        switch (value.Type)
        {
            case Types.Boolean:
                _writer.WriteBooleanValue(value.AsBoolean());
                break;
            case Types.Number:
                WriteNumber(value.AsNumber());
                break;
            case Types.String:
                _writer.WriteStringValue(Text(value));
                break;
            case Types.BigInt:
                throw new DecodeException(DecodeFailure.Result, "JSON has no BigInt; turn it into a number or a text.");
            case Types.Object:
                WriteObject((ObjectInstance)value);
                break;
            default:
                _writer.WriteNullValue();
                break;
        }
    }

    private void WriteObject(ObjectInstance value)
    {
        // What new Number(1) and its like stand for.
        if (value is IJsPrimitive { PrimitiveValue: var primitive })
        {
            Write(primitive);
            return;
        }

        if (++_depth > MaxDepth)
        {
            throw new DecodeException(DecodeFailure.Result, $"The result is nested more than {MaxDepth} levels deep, or contains itself.");
        }

        if (value.IsArray())
        {
            WriteArray(value);
        }
        else
        {
            WriteMembers(value);
        }

        _depth--;
    }

    private void WriteArray(ObjectInstance array)
    {
        var length = TypeConverter.ToNumber(array.Get("length"));

        // Each element takes two bytes at least.
        if (length * 2 > _limit)
        {
            throw TooLong();
        }

        _writer.WriteStartArray();
        for (var i = 0; i < length; i++)
        {
            var key = i.ToString(CultureInfo.InvariantCulture);
            var element = Replace(array.Get(i), key);
            Write(IsWritable(element) ? element : JsValue.Null);
        }

        _writer.WriteEndArray();
    }

    private void WriteMembers(ObjectInstance value)
    {
        _writer.WriteStartObject();
        foreach (var key in value.GetOwnPropertyKeys(Types.String))
        {
            if (!value.GetOwnProperty(key).Enumerable)
            {
                continue;
            }

            var name = Text(key);
            var member = Replace(value.Get(key), name);
            if (IsWritable(member))
            {
                _writer.WritePropertyName(name);
                Write(member);
            }
        }

        _writer.WriteEndObject();
    }

    private void WriteNumber(double number)
    {
        if (!double.IsFinite(number))
        {
            _writer.WriteNullValue();
        }
        else if (number == Math.Truncate(number) && Math.Abs(number) < 1e15)
        {
            _writer.WriteNumberValue((long)number);
        }
        else
        {
            // As JavaScript writes it: 1e+21 and 1e-7, which JSON knows too.
            _writer.WriteRawValue(TypeConverter.ToString(JsNumber.Create(number)), skipInputValidation: true);
        }
    }

    private string Text(JsValue value) => value is JsString text && text.Length > _limit ? throw TooLong() : value.ToString();

    private DecodeException TooLong() => new(DecodeFailure.Result, $"The result is longer than {_limit / 1024} kB.");
}

using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace OS2iot.Tests.ChirpStack;

/// <summary>Messages with something in every field, different in each, and how ChirpStack's own stubs write the same.</summary>
internal static class FilledMessage
{
    private const int OfEach = 2;

    public static T Of<T>()
        where T : IMessage, new() => (T)Of(new T().Descriptor);

    public static IMessage Of(MessageDescriptor type)
    {
        var number = 0;
        return Fill(type, ref number);
    }

    /// <summary>As <c>toObject()</c> of a stub of JavaScript.</summary>
    public static JsonObject AsStub(IMessage message)
    {
        var result = new JsonObject();
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            var value = field.Accessor.GetValue(message);
            if (field.IsMap)
            {
                result[field.JsonName + "Map"] = new JsonArray([.. Entries(value).Select(e => new JsonArray(e.Key, e.Value))]);
            }
            else if (field.IsRepeated)
            {
                result[field.JsonName + "List"] =
                    new JsonArray([.. ((System.Collections.IEnumerable)value).Cast<object>().Select(v => v is IMessage m ? (JsonNode)AsStub(m) : Scalar(v))]);
            }
            else
            {
                result[field.JsonName] = value is IMessage inner ? AsStub(inner) : Scalar(value);
            }
        }

        return result;
    }

    /// <summary>What a stub's setters have to be called with to make the same message.</summary>
    public static JsonObject AsRecipe(IMessage message)
    {
        var fields = new JsonArray();
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            var value = field.Accessor.GetValue(message);
            var (kind, content) = field switch
            {
                { IsMap: true } => ("map", (JsonNode)new JsonArray([.. Entries(value).Select(e => new JsonArray(e.Key, e.Value))])),
                { IsRepeated: true } => ("list", (JsonNode)new JsonArray(
                    [.. ((System.Collections.IEnumerable)value).Cast<object>().Select(v => v is IMessage m ? (JsonNode)AsRecipe(m) : Scalar(v))])),
                _ => ("value", (JsonNode)(value is IMessage inner ? AsRecipe(inner) : Scalar(value))),
            };
            fields.Add(new JsonObject { ["name"] = field.JsonName, ["kind"] = kind, ["value"] = content });
        }

        return new JsonObject { ["type"] = message.Descriptor.FullName, ["fields"] = fields };
    }

    private static IMessage Fill(MessageDescriptor type, ref int number)
    {
        var message = type.Parser.ParseFrom(Array.Empty<byte>());
        foreach (var field in type.Fields.InFieldNumberOrder())
        {
            number++;
            if (field.IsMap)
            {
                FillMap(field, message, number);
            }
            else if (field.IsRepeated)
            {
                var list = (System.Collections.IList)field.Accessor.GetValue(message);
                for (var i = 0; i < OfEach; i++)
                {
                    number++;
                    list.Add(ValueOf(field, ref number));
                }
            }
            else
            {
                // Lists end where the count says.
                field.Accessor.SetValue(message, field.Name == "total_count" ? (uint)OfEach : ValueOf(field, ref number));
            }
        }

        return message;
    }

    private static void FillMap(FieldDescriptor field, IMessage message, int number)
    {
        var map = (System.Collections.IDictionary)field.Accessor.GetValue(message);
        foreach (var name in (string[])["a", "b"])
        {
            map[name] = field.MessageType.FindFieldByNumber(2).FieldType == FieldType.String ? $"{name}-{number}" : (object)(uint)number;
        }
    }

    private static object ValueOf(FieldDescriptor field, ref int number) => field.FieldType switch
    {
        FieldType.String => $"{field.Name}-{number}",
        FieldType.Bool => true,
        FieldType.UInt32 => (uint)number,
        FieldType.Int32 => -number,
        FieldType.Int64 => 1_700_000_000L + number,
        FieldType.Double => number + 0.5,
        FieldType.Float => number + 0.25f,
        FieldType.Bytes => ByteString.CopyFrom(0xFE, (byte)number),
        FieldType.Enum => EnumOf(field.EnumType.Values[^1]),
        FieldType.Message => Fill(field.MessageType, ref number),
        _ => throw new NotSupportedException($"{field.FullName} is of a type that nobody fills: {field.FieldType}."),
    };

    private static object EnumOf(EnumValueDescriptor value) => Enum.ToObject(value.EnumDescriptor.ClrType, value.Number);

    private static JsonValue Scalar(object value) => value switch
    {
        string text => JsonValue.Create(text),
        bool yes => JsonValue.Create(yes),
        ByteString bytes => JsonValue.Create(bytes.ToBase64()),
        _ => JsonValue.Create(Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)),
    };

    private static IEnumerable<(JsonNode Key, JsonNode Value)> Entries(object map)
    {
        var entries = (System.Collections.IDictionary)map;
        return entries.Keys.Cast<string>().Order(StringComparer.Ordinal).Select(k => ((JsonNode)Scalar(k), (JsonNode)Scalar(entries[k]!)));
    }
}

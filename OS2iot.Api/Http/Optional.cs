using System.Text.Json;
using System.Text.Json.Serialization;

namespace OS2iot.Api.Http;

/// <summary>A member of a request that may be absent, which is something else than null: absent leaves alone, null clears.</summary>
internal readonly record struct Optional<T>(T Value, bool IsPresent = true)
{
    /// <summary>What was sent, or <paramref name="otherwise"/> where nothing was.</summary>
    public T Or(T otherwise) => IsPresent ? Value : otherwise;
}

internal sealed class OptionalConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Optional<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Of<T> : JsonConverter<Optional<T>>
    {
        public override bool HandleNull => true;

        public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            new(JsonSerializer.Deserialize<T>(ref reader, options)!);

        public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Value, options);
    }
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using OS2iot.Api.Http;

namespace OS2iot.Api.Documents;

/// <summary>Which types stand under a name of their own in the document, and under which.</summary>
internal static class SchemaNames
{
    /// <summary>Null for what is written out where it is used.</summary>
    public static string? Of(JsonTypeInfo type) =>
        type.Type == typeof(JsonElement) || type.Type == typeof(RawJson) || IsOptional(type.Type)
            ? null
            : OpenApiOptions.CreateDefaultSchemaReferenceId(type)?.Replace("[]", "Array", StringComparison.Ordinal);

    public static bool IsOptional(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>);
}

using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OS2iot.Api.Http;
using OS2iot.Api.Validation;

namespace OS2iot.Api.Documents;

/// <summary>What stands in bodies: the types' members, with the rules of requests and the words of comments.</summary>
internal sealed class Schemas : IOpenApiSchemaTransformer
{
    public async Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        if (SchemaNames.IsOptional(type))
        {
            // One that the rules of a request describe has lost its own members before.
            if (schema.Properties?.ContainsKey("isPresent") != true)
            {
                schema.Description = Comment(context);
                return;
            }

            await HeldAsync(schema, type.GenericTypeArguments[0], context, cancellationToken);
        }
        else if (context.JsonPropertyInfo is null && type.IsAssignableTo(typeof(IBodyRequest)))
        {
            ((Shape)type.GetProperty(nameof(IBodyRequest.Shape))!.GetValue(null)!).AddTo(schema);
        }
        else if (context.JsonPropertyInfo is null && schema.Properties is { Count: > 0 } members && !IsRequest(type))
        {
            // Nulls are written, so an answer has all its members.
            schema.Required = members.Keys.ToHashSet();
        }

        schema.Description = Comment(context) ?? (SchemaNames.IsOptional(type) ? null : type == typeof(JsonElement) ? "Any JSON." : schema.Description);
    }

    private static string? Comment(OpenApiSchemaTransformerContext context)
    {
        var comment = context.JsonPropertyInfo?.AttributeProvider is MemberInfo member ? Comments.Of(member) : Comments.Of(context.JsonTypeInfo.Type);
        return comment.Length > 0 ? comment : null;
    }

    // A member that may be absent is shown as what it holds.
    private static async Task HeldAsync(OpenApiSchema schema, Type held, OpenApiSchemaTransformerContext context, CancellationToken ct)
    {
        var value = await context.GetOrCreateSchemaAsync(Nullable.GetUnderlyingType(held) ?? held, null, ct);
        schema.Properties?.Clear();
        schema.Required?.Clear();
        (schema.Type, schema.Format, schema.Items, schema.Pattern) = (value.Type | JsonSchemaType.Null, value.Format, value.Items, value.Pattern);
        (schema.Properties, schema.AnyOf, schema.Enum) = (value.Properties, value.AnyOf, value.Enum);
    }

    // Members of a request that its rules don't name may be absent.
    private static bool IsRequest(Type type) => type.Name.EndsWith("Request", StringComparison.Ordinal);
}

using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace OS2iot.Api.Documents;

/// <summary>Gives each body an example that its schema allows, with values that somebody might really send.</summary>
internal sealed class Examples : IOpenApiDocumentTransformer
{
    private const int MaxDepth = 6;

    private static readonly FrozenDictionary<string, JsonNode> ByName = new Dictionary<string, JsonNode>
    {
        ["username"] = "anna@example.dk",
        ["email"] = "anna@example.dk",
        ["contactEmail"] = "anna@example.dk",
        ["password"] = "correct-horse-battery",
        ["accessToken"] = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOjE3fQ.c2lnbmF0dXJl",
        ["name"] = "Harbour",
        ["groupName"] = "Harbour",
        ["organizationName"] = "Søby Kommune",
        ["description"] = "Water levels along the quay",
        ["comment"] = "Mounted on the third pole",
        ["commentOnLocation"] = "North side of the quay",
        ["contactPerson"] = "Anna Berg",
        ["contactPhone"] = "+4512345678",
        ["owner"] = "Technical department",
        ["category"] = "Environment",
        ["hardware"] = "Ultrasonic sensor",
        ["url"] = "https://example.dk/receive",
        ["data"] = "0102030405060708",
        ["dataBase64"] = "AQIDBAUGBwg=",
        ["tagsString"] = "{\"floor\":\"2\"}",
        ["body"] = new JsonObject
        {
            ["id"] = "dm-17",
            ["type"] = "DeviceModel",
            ["category"] = new JsonArray("sensor"),
            ["controlledProperty"] = new JsonArray("depth"),
            ["manufacturerName"] = "Maker",
            ["brandName"] = "Brand",
            ["modelName"] = "T1",
            ["name"] = "Level sensor",
        },
        ["metadata"] = "{\"floor\":\"2\"}",
        ["code"] = "\"function decode(payload, metadata) { return payload; }\"",
        ["iotDeviceJsonString"] = "{\"name\":\"Harbour\",\"type\":\"GENERIC_HTTP\"}",
        ["rawPayloadJsonString"] = "{\"level\":1.5}",
        ["apiKey"] = "7f0c1c44-3b3a-4a3d-8f0e-6f4f9d1f2a10",
        ["rawData"] = new JsonObject { ["level"] = 1.5 },
        ["raw"] = new JsonObject { ["level"] = 1.5 },
        ["payload"] = new JsonObject { ["level"] = 1.5 },
        ["coordinates"] = new JsonArray(10.2, 56.15),
        ["longitude"] = 10.2,
        ["latitude"] = 56.15,
        ["affected"] = 1,
        ["count"] = 1,
        ["id"] = 17,
        ["sort"] = "ASC",
        ["timeout"] = 30000,
        ["secret"] = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        ["signingSecret"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ["previousSigningSecret"] = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    }.ToFrozenDictionary();

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var operation in Head.OperationsOf(document))
        {
            var answers = operation.Responses!.Where(r => r.Key.StartsWith('2')).SelectMany(r => r.Value.Content ?? new Dictionary<string, OpenApiMediaType>());
            var requests = operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>();
            foreach (var (content, isRequest) in answers.Select(c => (c.Value, false)).Concat(requests.Select(c => (c.Value, true))))
            {
                if (content is { Schema: { } schema, Example: null })
                {
                    content.Example = Of(schema, "", isRequest, depth: 0);
                }
            }
        }

        return Task.CompletedTask;
    }

    private static JsonNode? Of(IOpenApiSchema schema, string name, bool isRequest, int depth)
    {
        if (schema.Const is { } constant)
        {
            return JsonValue.Create(constant);
        }

        if (schema.Enum is { Count: > 0 } words)
        {
            return words[0].DeepClone();
        }

        var type = (schema.Type ?? 0) & ~JsonSchemaType.Null;
        var composed = schema.AnyOf?.Concat(schema.OneOf ?? []) ?? schema.OneOf ?? schema.AllOf;
        if (type is 0 && composed?.FirstOrDefault(s => s.Type != JsonSchemaType.Null) is { } one)
        {
            return Of(one, name, isRequest, depth);
        }

        if (name == "decodingFunction")
        {
            // Requests carry it as JSON in a text.
            return isRequest ? ByName["code"].DeepClone() : "function decode(payload, metadata) { return payload; }";
        }

        if (name == "code" && schema.MaxLength is not null)
        {
            return "482913"; // a one-time code, not that of a decoder
        }

        if (type != JsonSchemaType.Object && ByName.TryGetValue(name, out var known) && Allows(type, known))
        {
            return known.DeepClone();
        }

        return type switch
        {
            JsonSchemaType.Object => depth < MaxDepth ? Object(schema, isRequest, depth) : new JsonObject(),
            JsonSchemaType.Array => schema.Items is { } items && depth < MaxDepth && Of(items, Singular(name), isRequest, depth + 1) is { } item ? new JsonArray(item) : new JsonArray(),
            JsonSchemaType.Boolean => true,
            JsonSchemaType.Integer => (JsonNode)(int)Math.Max(1, Number(schema.Minimum) ?? 1),
            JsonSchemaType.Number => (JsonNode)Math.Max(1, Number(schema.Minimum) ?? 1),
            0 => ByName.TryGetValue(name, out var value) ? value.DeepClone() : depth == 0 ? new JsonObject() : null,
            _ => Text(schema, name),
        };
    }

    private static JsonObject Object(IOpenApiSchema schema, bool isRequest, int depth)
    {
        var example = new JsonObject();
        var kind = schema.AnyOf is { Count: > 0 } kinds ? kinds[0] : null;
        foreach (var (name, member) in (schema.Properties ?? new Dictionary<string, IOpenApiSchema>()).Concat(kind?.Properties ?? new Dictionary<string, IOpenApiSchema>()))
        {
            example[name] = Of(member, name, isRequest, depth + 1);
        }

        return example;
    }

    private static string Text(IOpenApiSchema schema, string name)
    {
        var text = schema switch
        {
            { Format: "date-time" } => "2026-03-01T08:30:00.000Z",
            { Format: "phone" } => "+4512345678",
            { Format: "json" } => "{\"level\":1.5}",
            { Format: "email" } => "anna@example.dk",
            { Format: "uri" } => "https://example.dk/receive",
            { Format: "uuid" } => "7f0c1c44-3b3a-4a3d-8f0e-6f4f9d1f2a10",
            { Pattern: { Length: > 0 } pattern } when pattern.Contains("A-F", StringComparison.OrdinalIgnoreCase) => new string('0', Math.Max(2, schema.MinLength ?? 2)),
            _ => name.Length > 0 ? Words.Of(name) : "text",
        };
        text = schema.MaxLength is { } max && text.Length > max ? text[..max] : text;
        return schema.MinLength is { } min && text.Length < min ? text.PadRight(min, '0') : text;
    }

    private static bool Allows(JsonSchemaType type, JsonNode known) => known.GetValueKind() switch
    {
        System.Text.Json.JsonValueKind.String => type is 0 || type.HasFlag(JsonSchemaType.String),
        System.Text.Json.JsonValueKind.Number => type is 0 || type.HasFlag(JsonSchemaType.Integer) || type.HasFlag(JsonSchemaType.Number),
        System.Text.Json.JsonValueKind.Array => type is 0 or JsonSchemaType.Array,
        _ => type is 0,
    };

    private static double? Number(string? text) => double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Singular(string name) => name.EndsWith("Ids", StringComparison.Ordinal) ? "id" : name.TrimEnd('s');
}

using Microsoft.OpenApi;

namespace OS2iot.Api.Validation;

/// <summary>What a rule's name alone says about a member. Numbers and words of a rule are said by whoever makes it.</summary>
internal static class RuleDescriptions
{
    private const string HexadecimalPattern = "^[0-9A-Fa-f]+$";

    public static void Apply(string rule, OpenApiSchema schema)
    {
        switch (rule)
        {
            case "isString" or "isEnum" or "minLength" or "maxLength" or "matches":
                schema.Type ??= JsonSchemaType.String;
                break;
            case "isNumber":
                schema.Type ??= JsonSchemaType.Number;
                break;
            case "isInt" when schema.Type != JsonSchemaType.Array:
                (schema.Type, schema.Format) = (JsonSchemaType.Integer, "int32");
                break;
            case "isBoolean":
                schema.Type = JsonSchemaType.Boolean;
                break;
            case "isArray":
                schema.Type = JsonSchemaType.Array;
                break;
            case "arrayUnique" or "ArrayDistinct":
                schema.UniqueItems = true;
                break;
            case "arrayNotEmpty":
                schema.MinItems = 1;
                break;
            case "isNotBlank" or "isNotEmpty" when schema.Type is null or JsonSchemaType.String:
                (schema.Type, schema.MinLength) = (JsonSchemaType.String, schema.MinLength ?? 1);
                break;
            case "isPhoneNumberString":
                (schema.Type, schema.Format) = (JsonSchemaType.String, "phone");
                break;
            case "isEmail":
                (schema.Type, schema.Format) = (JsonSchemaType.String, "email");
                break;
            case "isUrl":
                (schema.Type, schema.Format) = (JsonSchemaType.String, "uri");
                break;
            case "isDateString":
                (schema.Type, schema.Format) = (JsonSchemaType.String, "date-time");
                break;
            case "isUuid":
                (schema.Type, schema.Format) = (JsonSchemaType.String, "uuid");
                break;
            case "isHexadecimal":
                (schema.Type, schema.Pattern) = (JsonSchemaType.String, HexadecimalPattern);
                break;
            case "isJson" or "isMetadataJson":
                (schema.Type, schema.Format, schema.ContentMediaType) = (JsonSchemaType.String, "json", "application/json");
                break;
            default:
                break;
        }
    }
}

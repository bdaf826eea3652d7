using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using FastEndpoints;
using Microsoft.OpenApi;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;

namespace OS2iot.Api.Documents;

/// <summary>Parameters of an address and of its query. Endpoints read both by themselves, so they are asked what they would read.</summary>
internal static class Parameters
{
    /// <summary>Folders in which ids are not ours, and therefore texts.</summary>
    private static readonly string[] ForeignIds = ["chirpstack/", "lorawan/", "sigfox-device-type/"];

    private static readonly FrozenDictionary<string, string> Things = new Dictionary<string, string>
    {
        ["iot-device"] = "device",
        ["stats"] = "device",
        ["resetHttpDeviceApiKey"] = "device",
        ["iot-device-payload-decoder-data-target-connection"] = "connection",
        ["byIoTDevice"] = "device",
        ["byPayloadDecoder"] = "payload decoder",
        ["byDataTarget"] = "data target",
        ["kombitCreation"] = "user",
        ["api-key"] = "API key",
        ["multicast"] = "multicast group",
        ["sigfox-group"] = "Sigfox group",
        ["sigfox-device-type"] = "Sigfox device type",
        ["sigfox-job"] = "job at Sigfox",
        ["device-profiles"] = "device profile",
        ["status"] = "gateway",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Meanings = new Dictionary<string, string>
    {
        ["limit"] = "How many rows at most.",
        ["offset"] = "How many rows to skip.",
        ["sort"] = "ASC or DESC, in any case; ascending where absent.",
        ["orderOn"] = "The column to order by. One that is not known orders by id.",
        ["organizationId"] = "Only what belongs to this organization.",
        ["organisationId"] = "Only what belongs to this organization.",
        ["applicationId"] = "Only what belongs to this application.",
        ["permissionId"] = "Only what belongs to this permission.",
        ["userId"] = "Only what concerns this user.",
        ["groupId"] = "The Sigfox group.",
        ["extendedInfo"] = "Whether to show the permissions in full.",
        ["timeInterval"] = "DAY, WEEK or MONTH.",
        ["q"] = "What to look for.",
    }.ToFrozenDictionary();

    public static IEnumerable<OpenApiParameter> Of(string path, EndpointDefinition endpoint, bool isConditional)
    {
        var address = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Skip(2).ToArray();
        foreach (var (index, part) in address.Index().Where(p => p.Item.StartsWith('{')))
        {
            yield return InPath(part.Trim('{', '}'), index == 0 ? "" : address[index - 1], string.Join('/', address));
        }

        if (endpoint.ReqDtoType.IsAssignableTo(typeof(IQueryRequest)))
        {
            var request = (IQueryRequest)Activator.CreateInstance(endpoint.ReqDtoType)!;
            foreach (var parameter in QueryReader.ParametersOf(request))
            {
                yield return InQuery(parameter, request, endpoint.EndpointType);
            }
        }

        if (endpoint.EndpointType.GetCustomAttribute<TokenInAddressAttribute>() is not null)
        {
            yield return new OpenApiParameter
            {
                Name = TokenInAddressAttribute.Parameter,
                In = ParameterLocation.Query,
                Description = "The access token, for a browser that can't set a header.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            };
        }

        if (isConditional)
        {
            yield return new OpenApiParameter
            {
                Name = "If-Match",
                In = ParameterLocation.Header,
                Description = "The ETag of the GET of this address: nothing is done if somebody changed it since.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            };
        }
    }

    private static OpenApiParameter InPath(string name, string before, string address)
    {
        var isText = name == "gatewayId" || Array.Exists(ForeignIds, f => address.StartsWith(f, StringComparison.OrdinalIgnoreCase));
        var thing = name == "id" ? Things.GetValueOrDefault(before) ?? Words.Of(before) : Words.Of(name.EndsWith("Id", StringComparison.Ordinal) ? name[..^2] : name);
        return new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Path,
            Required = true,
            Description = $"The id of the {(thing is "share" ? "data set" : thing)}.",
            Schema = isText ? new OpenApiSchema { Type = JsonSchemaType.String } : new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
        };
    }

    private static OpenApiParameter InQuery(QueryParameter parameter, IQueryRequest request, Type endpoint)
    {
        var property = request.GetType().GetProperties().FirstOrDefault(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name) == parameter.Name);
        var schema = new OpenApiSchema
        {
            Type = parameter.IsNumber ? JsonSchemaType.Integer : parameter.IsFlag ? JsonSchemaType.Boolean : JsonSchemaType.String,
            Format = parameter.IsNumber ? "int32" : parameter.IsTime ? "date-time" : null,
            Enum = parameter.Words is [] ? null : [.. parameter.Words.Select(JsonNode (w) => w)],
            Minimum = parameter.Min is { } min ? Errors.Key(min) : null,
            Maximum = parameter.Max is { } max ? Errors.Key(max) : null,
            Default = property?.GetValue(request) is int number and not 0 ? JsonValue.Create(number) : null,
        };
        if (parameter.Name == "orderOn" && OrdersOf(endpoint) is { } orders)
        {
            schema.Enum = [.. orders.Names.Select(JsonNode (n) => n)];
        }

        var comment = property is null ? "" : Comments.Of(property);
        return new OpenApiParameter
        {
            Name = parameter.Name,
            In = ParameterLocation.Query,
            Required = parameter.IsRequired,
            Description = comment.Length > 0 && property!.DeclaringType != typeof(ListQuery) ? comment : Meanings.GetValueOrDefault(parameter.Name, comment),
            Schema = schema,
        };
    }

    private static ISortOrders? OrdersOf(Type endpoint) =>
        endpoint.GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public).Select(f => f.GetValue(null)).OfType<ISortOrders>().FirstOrDefault()
        ?? endpoint.GetCustomAttribute<OrdersOnAttribute>();
}

using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json.Nodes;
using FastEndpoints;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using OS2iot.Api.Auth;
using OS2iot.Api.Http;
using OS2iot.ServiceDefaults;

namespace OS2iot.Api.Documents;

/// <summary>One address with one verb.</summary>
internal sealed class Operations(IAuthorizationPolicyProvider policies) : IOpenApiOperationTransformer
{
    /// <summary>Features whose names on the page are not those of their folders.</summary>
    private static readonly FrozenDictionary<string, string> Features = new Dictionary<string, string>
    {
        ["Auth"] = "Sign-in",
        ["Kombit"] = "Sign-in",
        ["Http"] = "About",
        ["GenericHttp"] = "Devices",
        ["MqttDevices"] = "Devices",
        ["Messages"] = "Messages of devices",
        ["Connections"] = "Connections of devices and data targets",
        ["OpenDataDk"] = "Open Data DK",
        ["ChirpStack"] = "LoRaWAN",
        ["LoRaWan"] = "LoRaWAN",
        ["ApiKeys"] = "API keys",
    }.ToFrozenDictionary();

    public async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<EndpointDefinition>().FirstOrDefault() is not { } endpoint)
        {
            return;
        }

        var comment = Comments.Of(endpoint.EndpointType);
        operation.Summary = Comments.FirstSentence(comment).TrimEnd('.');
        operation.Description = comment.Length > operation.Summary.Length + 1 ? comment : null;
        operation.Tags = new HashSet<OpenApiTagReference> { new(FeatureOf(endpoint.EndpointType), context.Document) };
        operation.Parameters = [.. Parameters.Of(context.Description.RelativePath!, endpoint, IsConditional(context))];
        if (operation.RequestBody is OpenApiRequestBody { Content: { } content } && content.TryGetValue("application/json", out var json))
        {
            content.Clear();
            content["application/json"] = json;
        }

        var guard = await GuardAsync(endpoint);
        operation.Security = Security(guard, context.Document!);
        operation.Responses = Responses(operation, context, endpoint, guard);
    }

    /// <summary>What the page calls the folder that an endpoint is in.</summary>
    private static string FeatureOf(Type endpoint)
    {
        var folder = endpoint.Namespace!.Split('.')[^1];
        return Features.GetValueOrDefault(folder) ?? Words.Of(folder);
    }

    private static List<OpenApiSecurityRequirement> Security(Guard? guard, OpenApiDocument document)
    {
        if (guard is null)
        {
            return [];
        }

        return [.. guard.Schemes.Select(scheme => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, document)] = [] })];
    }

    private async Task<Guard?> GuardAsync(EndpointDefinition endpoint)
    {
        if (endpoint.AnonymousVerbs is not null)
        {
            return null;
        }

        var schemes = new HashSet<string>(endpoint.AuthSchemeNames ?? []);
        var needsRole = false;
        foreach (var name in endpoint.PreBuiltUserPolicies ?? [])
        {
            var policy = await policies.GetPolicyAsync(name);
            schemes.UnionWith(policy?.AuthenticationSchemes ?? []);
            needsRole |= name != Role.SignedIn;
        }

        // Who names no scheme is asked for a token.
        var takesKeys = schemes.Any(s => s.Contains("key", StringComparison.OrdinalIgnoreCase));
        var takesTokens = schemes.Count == 0 || schemes.Any(s => !s.Contains("key", StringComparison.OrdinalIgnoreCase));
        return new Guard([.. takesTokens ? [Head.Bearer] : Array.Empty<string>(), .. takesKeys ? [Head.ApiKey] : Array.Empty<string>()], needsRole);
    }

    private static OpenApiResponses Responses(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, EndpointDefinition endpoint, Guard? guard)
    {
        var status = Attribute<SucceedsWithAttribute>(endpoint)?.StatusCode
            ?? (endpoint.Verbs.Contains("POST") ? StatusCodes.Status201Created : StatusCodes.Status200OK);
        var responses = new OpenApiResponses
        {
            [Errors.Key(status)] = new OpenApiResponse { Description = ReasonPhrases.GetReasonPhrase(status), Content = Content(operation, endpoint, status) },
        };
        var path = "/" + context.Description.RelativePath;
        var isAuth = path.StartsWith($"/{EndpointsExtensions.RoutePrefix}/auth/", StringComparison.OrdinalIgnoreCase);
        var isDevice = operation.Tags!.Any(t => t.Name == "Devices") && endpoint.ReqDtoType.IsAssignableTo(typeof(IBodyRequest));
        foreach (var refusal in Refusals(context, endpoint, guard).Where(Errors.Knows).Order().Distinct())
        {
            responses[Errors.Key(refusal)] = Errors.Reference(refusal, isAuth, isDevice, context.Document!);
        }

        return responses;
    }

    private static IEnumerable<int> Refusals(OpenApiOperationTransformerContext context, EndpointDefinition endpoint, Guard? guard)
    {
        var hasBody = endpoint.ReqDtoType.IsAssignableTo(typeof(IBodyRequest));
        var description = context.Description;
        var hasParameters = description.RelativePath!.Contains('{', StringComparison.Ordinal);
        var declared = Attribute<RefusesWithAttribute>(endpoint)?.StatusCodes ?? [];
        return
        [
            .. hasBody || hasParameters || endpoint.ReqDtoType.IsAssignableTo(typeof(IQueryRequest)) ? [400] : Array.Empty<int>(),
            .. guard is null ? Array.Empty<int>() : [401],
            .. guard is { NeedsRole: true } ? [403] : Array.Empty<int>(),
            .. hasParameters ? [404] : Array.Empty<int>(),
            .. IsConditional(context) ? [412] : Array.Empty<int>(),
            .. hasBody ? [413] : Array.Empty<int>(),
            .. declared,
        ];
    }

    private static IDictionary<string, OpenApiMediaType>? Content(OpenApiOperation operation, EndpointDefinition endpoint, int status)
    {
        var content = status is StatusCodes.Status204NoContent or StatusCodes.Status302Found
            ? null
            : operation.Responses?.Where(r => r.Key.StartsWith('2')).Select(r => r.Value.Content).FirstOrDefault(c => c is { Count: > 0 });
        if (content is not null && Attribute<AnswersAttribute>(endpoint) is { Example: { } example })
        {
            content.First().Value.Example = content.First().Key == "application/json" ? JsonNode.Parse(example) : JsonValue.Create(example);
        }

        return content;
    }

    /// <summary>It can be asked to change only what was read.</summary>
    private static bool IsConditional(OpenApiOperationTransformerContext context) => Preconditions.Cover(
        context.ApplicationServices.GetRequiredService<IApiDescriptionGroupCollectionProvider>().ApiDescriptionGroups.Items.SelectMany(g => g.Items)
            .Where(d => d.HttpMethod == "GET").Select(d => d.RelativePath!),
        context.Description.HttpMethod!, context.Description.RelativePath!);

    private static TAttribute? Attribute<TAttribute>(EndpointDefinition endpoint)
        where TAttribute : Attribute => endpoint.EndpointType.GetCustomAttribute<TAttribute>();

    /// <param name="Schemes">By which a caller can be known.</param>
    /// <param name="NeedsRole">Being known is not enough.</param>
    private sealed record Guard(IReadOnlyList<string> Schemes, bool NeedsRole);
}

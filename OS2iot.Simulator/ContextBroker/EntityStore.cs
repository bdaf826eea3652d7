using System.Collections.Concurrent;
using System.Text.Json;

namespace OS2iot.Simulator.ContextBroker;

/// <summary>The entities that a context broker holds, by tenant and id, in memory. Refuses on request.</summary>
internal sealed class EntityStore
{
    private const int MaxEntities = 100_000;

    private const string BadRequest = "https://uri.etsi.org/ngsi-ld/errors/BadRequestData";

    private readonly ConcurrentDictionary<(string Tenant, string Id), JsonElement> _entities = new();

    public BrokerFaults Faults { get; set; } = new();

    public JsonElement? Find(string tenant, string id) => _entities.TryGetValue((tenant, id), out var entity) ? entity : null;

    public IReadOnlyList<JsonElement> List(string tenant, string? type, int limit) =>
        [.. _entities.Where(e => e.Key.Tenant == tenant && (type is null || Text(e.Value, "type") == type)).OrderBy(e => e.Key.Id, StringComparer.Ordinal).Take(limit).Select(e => e.Value)];

    public void Clear() => _entities.Clear();

    /// <summary>Each entity replaces the one that was there.</summary>
    public Upserted Upsert(string tenant, IEnumerable<JsonElement> batch)
    {
        var (created, updated, errors) = (new List<string>(), new List<string>(), new List<BatchError>());
        var faults = Faults;
        foreach (var entity in batch)
        {
            var id = Text(entity, "id");
            if (id is null || Text(entity, "type") is null || _entities.Count >= MaxEntities)
            {
                errors.Add(new BatchError(id ?? "", new Problem(BadRequest, "An entity has an id and a type.", 400)));
            }
            else if (faults.Refuse.Contains(id, StringComparer.Ordinal))
            {
                errors.Add(new BatchError(id, new Problem("https://uri.etsi.org/ngsi-ld/errors/InternalError", "The broker was asked to refuse it.", faults.Status)));
            }
            else
            {
                (_entities.ContainsKey((tenant, id)) ? updated : created).Add(id);
                _entities[(tenant, id)] = entity.Clone();
            }
        }

        return new Upserted(created, updated, errors);
    }

    private static string? Text(JsonElement json, string member) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

/// <param name="Created">Ids that were not there before.</param>
/// <param name="Updated">Ids that were.</param>
/// <param name="Errors">What was not taken.</param>
internal sealed record Upserted(IReadOnlyList<string> Created, IReadOnlyList<string> Updated, IReadOnlyList<BatchError> Errors);

internal sealed record BatchError(string EntityId, Problem Error);

internal sealed record Problem(string Type, string Title, int Status);

/// <summary>What the broker does not take. All empty: it takes everything.</summary>
internal sealed record BrokerFaults
{
    /// <summary>Ids of entities.</summary>
    public IReadOnlyList<string> Refuse { get; init; } = [];

    /// <summary>Said of each of them.</summary>
    public int Status { get; init; } = StatusCodes.Status503ServiceUnavailable;

    /// <summary>Only for those who bring a token of the simulator's endpoint.</summary>
    public bool NeedsToken { get; init; }
}

using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Database;
using OS2iot.Core.Downlinks;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Sync;

namespace OS2iot.Workers.MqttDevices;

/// <summary>
/// Lets our broker follow: devices' accounts and rules in its dynamic security plugin, its certificates, and messages to devices.
/// </summary>
internal sealed partial class MosquittoSync : SyncedSystem
{
    /// <summary>Orders that only read cost the broker little; it answers as many as this at once.</summary>
    private const int PageSize = 200;

    /// <summary>
    /// From so many missing accounts on, if they are most, they are sent as one file: with each single order the plugin writes all of
    /// them to disk, which would take minutes.
    /// </summary>
    private const int Many = 300;

    private const int RestoreAttempts = 4;

    private static readonly TimeSpan BetweenRestores = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan RestorePatience = TimeSpan.FromMinutes(2);

    private readonly BrokerConnection _broker;
    private readonly BrokerAccounts _accounts;
    private readonly DeviceCertificates _certificates;
    private readonly TimeProvider _clock;
    private readonly ILogger<MosquittoSync> _logger;
    private (string Chain, string Key)? _brokerCertificate;

    public MosquittoSync(
        BrokerConnection broker, BrokerAccounts accounts, DeviceCertificates certificates, TimeProvider clock, ILogger<MosquittoSync> logger)
    {
        (_broker, _accounts, _certificates, _clock, _logger) = (broker, accounts, certificates, clock, logger);
        broker.Connected += AskForReconcile;
    }

    public override string Name => MosquittoChanges.System;

    public override bool IsOrdered => false;

    /// <summary>Few: with 10,000 accounts the plugin needs more than a tenth of a second for each.</summary>
    public override int BatchSize => 50;

    public override async Task<SyncResult> ApplyAsync(AppDbContext db, SyncChange change, CancellationToken ct) =>
        (await ApplyAsync(db, [change], ct))[0];

    public override async Task<IReadOnlyList<SyncResult>> ApplyAsync(AppDbContext db, IReadOnlyList<SyncChange> changes, CancellationToken ct)
    {
        string[] usernames = [.. changes.Where(c => c.Kind == MosquittoChanges.Account).Select(c => c.Key)];
        var wanted = await _accounts.ReadAsync(db, usernames, ct);
        var present = await PresentAsync(usernames, ct);
        var results = new List<SyncResult>(changes.Count);
        foreach (var change in changes)
        {
            results.Add(change.Kind switch
            {
                MosquittoChanges.Trust => await SendTrustAsync(db, ct),
                MosquittoChanges.Downlink => await SendDownlinkAsync(db, change, ct),
                _ => await ApplyAccountAsync(change.Key, wanted, present[change.Key], ct),
            });
        }

        return results;
    }

    public override async Task<SyncDrift> CompareAsync(AppDbContext db, CancellationToken ct)
    {
        await SendTrustAsync(db, ct);
        var wanted = await _accounts.ReadAsync(db, usernames: null, ct);
        var drift = Compare(wanted, await AllAsync("listClients", "clients", ct), await AllAsync("listRoles", "roles", ct));
        for (var attempt = 0; attempt < RestoreAttempts && IsLost(drift, wanted.Count); attempt++)
        {
            LogRestoring(drift.Missing.Count);
            if (await RestoreAsync([.. wanted.Values.Select(w => w.Account).OfType<BrokerAccount>()], ct))
            {
                drift = Compare(wanted, await AllAsync("listClients", "clients", ct), await AllAsync("listRoles", "roles", ct));
            }
            else
            {
                // The script comes back a moment after its broker. Where there is none, the accounts follow one by one.
                await Task.Delay(BetweenRestores, _clock, ct);
            }
        }

        return drift;
    }

    private static bool IsLost(SyncDrift drift, int wanted) => drift.Missing.Count >= Many && drift.Missing.Count * 2 >= wanted;

    private static SyncDrift Compare(
        Dictionary<string, (BrokerAccount? Account, string? Why)> wanted, List<JsonNode> clientList, List<JsonNode> roleList)
    {
        var drift = new SyncDrift();
        var clients = clientList.ToDictionary(c => (string)c["username"]!, StringComparer.Ordinal);
        var roles = roleList.ToDictionary(r => (string)r["rolename"]!, StringComparer.Ordinal);
        foreach (var account in wanted.Values.Select(w => w.Account).OfType<BrokerAccount>())
        {
            var client = clients.GetValueOrDefault(account.Username);
            var role = roles.GetValueOrDefault(account.Role);
            if (client is null)
            {
                drift.Missing.Add(KeyOf(account.Username));
            }
            else if (role is null || !account.IsClient(client) || !account.IsRole(role))
            {
                drift.Different.Add(KeyOf(account.Username));
            }
        }

        var there = clients.Keys.Concat(roles.Keys.Select(BrokerAccount.UsernameOf).OfType<string>()).Distinct(StringComparer.Ordinal);
        drift.Extra.AddRange(there.Where(name => !wanted.TryGetValue(name, out var known) || known.Account is null).Select(KeyOf));
        return drift;
    }

    private static SyncedKey KeyOf(string username) => new(MosquittoChanges.Account, username);

    private async Task<SyncResult> ApplyAccountAsync(
        string username, Dictionary<string, (BrokerAccount? Account, string? Why)> wanted, (JsonNode? Client, JsonNode? Role) present, CancellationToken ct)
    {
        wanted.TryGetValue(username, out var known);
        var orders = known.Account is { } account ? Orders(account, present) : Removal(username, present);
        if (orders.Count > 0)
        {
            var answers = await _broker.OrderAsync(orders, ct);
            if (answers.Select(a => (string?)a["error"]).OfType<string>().FirstOrDefault() is { } error)
            {
                return SyncResult.Refused($"The broker refused the account: {error}.");
            }
        }

        return known.Why is { } reason ? SyncResult.Refused(reason) : SyncResult.Applied;
    }

    /// <summary>Nothing for what is as it should be: each order costs the broker a while, and a changed account its connection.</summary>
    private static List<JsonObject> Orders(BrokerAccount account, (JsonNode? Client, JsonNode? Role) present)
    {
        var orders = new List<JsonObject>();
        if (present.Role is null)
        {
            orders.Add(account.CreateRole());
        }
        else if (!account.IsRole(present.Role))
        {
            orders.Add(account.ModifyRole());
        }

        if (present.Client is null)
        {
            orders.Add(account.CreateClient());
        }
        else if (!account.IsClient(present.Client))
        {
            orders.Add(account.ModifyClient());
            if ((bool?)present.Client["disabled"] == true)
            {
                orders.Add(new JsonObject { ["command"] = "enableClient", ["username"] = account.Username });
            }
        }

        return orders;
    }

    /// <summary>The broker cuts the connection of a client that is deleted.</summary>
    private static List<JsonObject> Removal(string username, (JsonNode? Client, JsonNode? Role) present)
    {
        var orders = new List<JsonObject>();
        if (present.Client is not null)
        {
            orders.Add(new JsonObject { ["command"] = "deleteClient", ["username"] = username });
        }

        if (present.Role is not null)
        {
            orders.Add(new JsonObject { ["command"] = "deleteRole", ["rolename"] = BrokerAccount.RoleOf(username) });
        }

        return orders;
    }

    private async Task<Dictionary<string, (JsonNode? Client, JsonNode? Role)>> PresentAsync(string[] usernames, CancellationToken ct)
    {
        var present = new Dictionary<string, (JsonNode?, JsonNode?)>(StringComparer.Ordinal);
        if (usernames.Length == 0)
        {
            return present;
        }

        List<JsonObject> questions =
        [
            .. usernames.Select(name => new JsonObject { ["command"] = "getClient", ["username"] = name }),
            .. usernames.Select(name => new JsonObject { ["command"] = "getRole", ["rolename"] = BrokerAccount.RoleOf(name) }),
        ];
        var answers = await _broker.OrderAsync(questions, ct);
        for (var i = 0; i < usernames.Length; i++)
        {
            present[usernames[i]] = (answers[i]["data"]?["client"], answers[usernames.Length + i]["data"]?["role"]);
        }

        return present;
    }

    private async Task<List<JsonNode>> AllAsync(string command, string member, CancellationToken ct)
    {
        var all = new List<JsonNode>();
        while (true)
        {
            var order = new JsonObject { ["command"] = command, ["verbose"] = true, ["count"] = PageSize, ["offset"] = all.Count };
            var answer = (await _broker.OrderAsync([order], ct))[0];
            if (answer["data"]?[member] is not JsonArray page)
            {
                throw new IOException($"The broker did not answer {command}: {(string?)answer["error"]}");
            }

            all.AddRange(page.Select(item => item!));
            if (page.Count < PageSize)
            {
                return all;
            }
        }
    }

    /// <summary>The broker's own certificate, whom it may believe, and whom no more. The broker's start script takes both over.</summary>
    private async Task<SyncResult> SendTrustAsync(AppDbContext db, CancellationToken ct)
    {
        if (_brokerCertificate is not { } certificate || !await _certificates.IsGoodForBrokerAsync(db, certificate.Chain, ct))
        {
            _brokerCertificate = certificate = await _certificates.IssueForBrokerAsync(db, ct);
        }

        await SendFileAsync("certificate", certificate.Chain + certificate.Key + "\n", ct);
        await SendFileAsync("trust", await _certificates.TrustAsync(db, ct), ct);
        return SyncResult.Applied;
    }

    private Task<bool> SendFileAsync(string name, string text, CancellationToken ct) =>
        _broker.PublishAsync($"os2iot/broker/{name}", InBase64(Encoding.UTF8.GetBytes(text)), retain: true, ct);

    /// <summary>Sends all accounts as the file that the plugin reads when the broker starts, which the broker then does.</summary>
    /// <returns>False when the broker's script does not listen.</returns>
    private async Task<bool> RestoreAsync(IReadOnlyList<BrokerAccount> accounts, CancellationToken ct)
    {
        const string Topic = "os2iot/broker/accounts/";
        const int PartSize = 256 * 1024;
        var before = _broker.Generation;
        var file = Compressed(DynamicSecurityFile.Of(accounts));
        var isHeard = await _broker.PublishAsync(Topic + "begin", "-"u8.ToArray(), retain: false, ct);
        for (var at = 0; at < file.Length && isHeard; at += PartSize)
        {
            isHeard = await _broker.PublishAsync(Topic + "part", InBase64(file.AsSpan(at, Math.Min(PartSize, file.Length - at))), retain: false, ct);
        }

        if (!isHeard || !await _broker.PublishAsync(Topic + "end", "-"u8.ToArray(), retain: false, ct))
        {
            return false;
        }

        var began = _clock.GetTimestamp();
        while (_broker.Generation == before)
        {
            if (_clock.GetElapsedTime(began) > RestorePatience)
            {
                throw new TimeoutException("The broker did not take over its accounts.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), _clock, ct);
        }

        return true;
    }

    // The broker's script reads it byte by byte.
    private static byte[] Compressed(byte[] file)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(file);
        }

        return compressed.ToArray();
    }

    private static byte[] InBase64(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes));

    /// <summary>The broker keeps it for a device that is away, if that has subscribed before with a session that stays.</summary>
    private async Task<SyncResult> SendDownlinkAsync(AppDbContext db, SyncChange change, CancellationToken ct)
    {
        var id = int.Parse(change.Key, CultureInfo.InvariantCulture);
        var item = await db.Downlinks.Where(i => i.Id == id && i.State == DownlinkState.Pending)
            .Select(i => new { i.Payload, i.DeviceId, i.Device!.ApplicationId, i.Device.Application!.OrganizationId })
            .SingleOrDefaultAsync(ct);
        if (item is null)
        {
            return SyncResult.Applied;
        }

        var topic = MqttTopic.Downlink(item.OrganizationId, item.ApplicationId, item.DeviceId);
        if (!await _broker.PublishAsync(topic, item.Payload, retain: false, ct))
        {
            return SyncResult.Later("The device has not subscribed to its topic.");
        }

        var now = _clock.GetUtcNow();
        await db.Downlinks.Where(i => i.Id == id).ExecuteUpdateAsync(
            set => set.SetProperty(i => i.State, DownlinkState.Queued).SetProperty(i => i.SentAt, now), ct);
        return SyncResult.Applied;
    }

    [LoggerMessage(LogLevel.Warning, "Our broker lost {Count} accounts; sending all at once, for which it starts again")]
    private partial void LogRestoring(int count);
}

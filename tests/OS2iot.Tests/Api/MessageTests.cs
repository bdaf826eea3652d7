using System.Net;
using System.Text;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
public sealed class MessageTests(ApiHost api)
{
    [Fact]
    public async Task List_WhenManyMessages_PagesThroughAllOfThemOnce()
    {
        var world = await api.AWorld();
        for (var i = 0; i < 25; i++)
        {
            await AMessage(world, $$"""{"i": {{i}}}""", secondsAgo: i / 2);
        }

        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);
        var seen = new List<string?>();
        string? next = "";
        while (next is not null)
        {
            var page = (await reader.Get($"iot-device/{world.Device}/messages?limit=10&before={next}")).Is(HttpStatusCode.OK);
            seen.AddRange(page["data"].EnumerateArray().Select(m => m.GetProperty("id").GetString()));
            next = page["next"].GetString();
        }

        Assert.Equal(25, seen.Count);
        Assert.Equal(25, seen.Distinct().Count());
        (await reader.Get($"iot-device/{world.Device}/messages?before=nonsense")).Is(HttpStatusCode.BadRequest);
        (await reader.Get($"iot-device/{world.Device}/messages?limit=0")).Is(HttpStatusCode.BadRequest);
        (await reader.Get("iot-device/0/messages")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task List_WhenDecodedAndDelivered_ShowsEachStep()
    {
        var world = await api.AWorld();
        var delivered = await AMessage(world, """{ "raw" : 1.0 }""", secondsAgo: 0);
        var pending = await AMessage(world, "no json", secondsAgo: 1);
        await api.Database.ExecuteAsync(
            $$"""
            INSERT INTO decoded_messages (message_id, received_at, device_id, payload_decoder_id, payload_decoder_version, decoded_at, payload, error)
            SELECT id, received_at, device_id, {{world.Decoder}}, 3, now(), convert_to('{"t":1}', 'UTF8'), NULL FROM received_messages WHERE id = '{{delivered}}'
            UNION ALL SELECT id, received_at, device_id, {{world.Decoder}}, 3, now(), NULL, 'boom' FROM received_messages WHERE id = '{{pending}}';
            INSERT INTO delivery_attempts (message_id, received_at, device_id, connection_id, data_target_id, attempt, attempted_at, duration_ms, outcome, status_code, error)
            SELECT id, received_at, device_id, {{world.Connection}}, {{world.DataTarget}}, n, now() + n * interval '1 second', 5,
                CASE WHEN n = 2 AND id = '{{delivered}}' THEN 0 ELSE 1 END, 503, 'away'
            FROM received_messages, generate_series(1, 2) n WHERE id IN ('{{delivered}}', '{{pending}}');
            INSERT INTO deliveries (message_id, received_at, device_id, application_id, organization_id, connection_id, data_target_id, payload, state, attempts, next_attempt_at, created_at)
            SELECT id, received_at, device_id, {{world.Application}}, {{world.Organization}}, {{world.Connection}}, {{world.DataTarget}}, payload, 0, 2, now() + interval '5 minutes', now()
            FROM received_messages WHERE id = '{{pending}}';
            """);
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);

        var data = (await reader.Get($"iot-device/{world.Device}/messages")).Is(HttpStatusCode.OK);

        Assert.Contains("""{ "raw" : 1.0 }""", data.Text, StringComparison.Ordinal);
        var (first, second) = (data["data"][0], data["data"][1]);
        Assert.Equal("delivered", first.GetProperty("deliveries")[0].GetProperty("state").GetString());
        Assert.Equal(["retryLater", "delivered"], first.GetProperty("deliveries")[0].GetProperty("attempts").EnumerateArray().Select(a => a.GetProperty("outcome").GetString()));
        Assert.Equal(1, first.GetProperty("decoded")[0].GetProperty("payload").GetProperty("t").GetInt32());
        Assert.Equal("no json", second.GetProperty("raw").GetString());
        Assert.Equal("boom", second.GetProperty("decoded")[0].GetProperty("error").GetString());
        Assert.Equal("pending", second.GetProperty("deliveries")[0].GetProperty("state").GetString());
        Assert.NotNull(second.GetProperty("deliveries")[0].GetProperty("nextAttemptAt").GetString());
    }

    [Fact]
    public async Task Stream_WhenAMessageArrives_SendsIt()
    {
        var world = await api.AWorld();
        await AMessage(world, """{"old":true}""", secondsAgo: 60);
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);
        using var response = await reader.Open($"iot-device/{world.Device}/messages/stream", TestContext.Current.CancellationToken);
        using var stream = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(": open", await stream.ReadLineAsync(TestContext.Current.CancellationToken));

        var id = await AMessage(world, "{\"new\":\n true}", secondsAgo: 0);
        await api.Database.ExecuteAsync($"NOTIFY device_message, '999999,{world.Device}'");

        var received = await ReadUntil(stream, "data: ");
        Assert.Contains("event: message\nid: " + id, received, StringComparison.Ordinal);
        Assert.Contains("""{"new":  true}""", received, StringComparison.Ordinal);
        Assert.DoesNotContain("old", received, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_WhenAccessIsLost_Ends()
    {
        var world = await api.AWorld();
        var reader = await api.SignedInAsReaderOf(world.Organization, world.Application);
        using var response = await reader.Open($"iot-device/{world.Device}/messages/stream", TestContext.Current.CancellationToken);
        using var stream = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        await ReadUntil(stream, ": alive");

        await api.Database.ExecuteAsync($"DELETE FROM permission_users WHERE users_id = {reader.UserId}");

        await stream.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    private static async Task<string> ReadUntil(StreamReader stream, string beginning)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        var text = new StringBuilder();
        while (await stream.ReadLineAsync(patience.Token) is { } line)
        {
            text.Append(line).Append('\n');
            if (line.StartsWith(beginning, StringComparison.Ordinal))
            {
                return text.ToString();
            }
        }

        throw new InvalidOperationException($"The stream ended after: {text}");
    }

    private async Task<Guid> AMessage(World world, string payload, int secondsAgo)
    {
        var id = Guid.CreateVersion7();
        await using var command = api.Database.DataSource.CreateCommand(
            """
            INSERT INTO received_messages (id, received_at, device_id, organization_id, network, payload)
            VALUES ($1, date_trunc('minute', now()) - $2 * interval '1 second', $3, $4, 'GENERIC_HTTP', $5)
            """);
        command.Parameters.AddWithValue(id);
        command.Parameters.AddWithValue(secondsAgo);
        command.Parameters.AddWithValue(world.Device);
        command.Parameters.AddWithValue(world.Organization);
        command.Parameters.AddWithValue(Encoding.UTF8.GetBytes(payload));
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        return id;
    }
}

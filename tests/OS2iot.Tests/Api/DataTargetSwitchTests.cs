using System.Net;

namespace OS2iot.Tests.Api;

[Collection(ApiCollection.Name)]
public sealed class DataTargetSwitchTests(ApiHost api)
{
    [Fact]
    public async Task PauseAndResume_OfATarget_TellsSoAndMakesWhatWaitsDue()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        await WaitingAsync(world, state: 0);
        await WaitingAsync(world, state: 1);

        var paused = (await writer.Post($"data-target/{world.DataTarget}/pause", new { })).Is(HttpStatusCode.Created);
        Assert.True(paused["paused"].GetBoolean());
        Assert.Equal("""{"pending":1,"dead":1}""", paused["deliveries"].GetRawText());

        var resumed = (await writer.Post($"data-target/{world.DataTarget}/resume", new { })).Is(HttpStatusCode.Created);
        Assert.False(resumed["paused"].GetBoolean());
        Assert.Equal(1L, await DueAsync(world));
    }

    [Fact]
    public async Task Resume_OfATargetThatWasSwitchedOff_ForgetsThatItFailed()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        await SwitchOffAsync(world);
        await WaitingAsync(world, state: 0);

        var off = (await writer.Get($"data-target/{world.DataTarget}")).Is(HttpStatusCode.OK);
        Assert.Equal("It answered 410.", off["disabledReason"].GetString());
        Assert.NotNull(off["disabledAt"].GetString());

        var on = (await writer.Post($"data-target/{world.DataTarget}/resume", new { })).Is(HttpStatusCode.Created);
        Assert.Null(on["disabledAt"].GetString());
        Assert.Null(on["disabledReason"].GetString());
        Assert.Equal(0L, await api.Database.ScalarAsync<long>($"SELECT count(*) FROM data_target_failures WHERE data_target_id = {world.DataTarget}"));
        Assert.Equal(1L, await DueAsync(world));
    }

    [Fact]
    public async Task Update_OfATargetThatWasSwitchedOff_ResumesIt()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);
        await SwitchOffAsync(world);

        var saved = (await writer.Put($"data-target/{world.DataTarget}", new
        {
            name = "t",
            type = "HTTP_PUSH",
            applicationId = world.Application,
            url = "https://example.dk/new",
            timeout = 1,
            maxConcurrency = 3,
        })).Is(HttpStatusCode.OK);

        Assert.Null(saved["disabledAt"].GetString());
        Assert.Equal(3, saved["maxConcurrency"].GetInt32());
        Assert.Equal(0L, await api.Database.ScalarAsync<long>($"SELECT count(*) FROM data_target_failures WHERE data_target_id = {world.DataTarget}"));
    }

    [Fact]
    public async Task RenewSigningSecret_OfAnHttpPushTarget_ShowsItOnceAndKeepsTheFormer()
    {
        var world = await api.AWorld();
        var writer = await api.SignedInAsApplicationAdminOf(world.Organization, world.Application);

        var first = (await writer.Post($"data-target/{world.DataTarget}/signing-secret", new { })).Is(HttpStatusCode.Created)["signingSecret"].GetString()!;
        var second = (await writer.Post($"data-target/{world.DataTarget}/signing-secret", new { })).Is(HttpStatusCode.Created)["signingSecret"].GetString()!;

        Assert.StartsWith("whsec_", first, StringComparison.Ordinal);
        Assert.NotEqual(first, second);
        var shown = await writer.Get($"data-target/{world.DataTarget}");
        Assert.True(shown["signingSecretSet"].GetBoolean());
        Assert.True(shown["previousSigningSecretSet"].GetBoolean());
        Assert.DoesNotContain(first["whsec_".Length..], shown.Text, StringComparison.Ordinal);
    }

    private Task<long> DueAsync(World world) => api.Database.ScalarAsync<long>(
        $"SELECT count(*) FROM deliveries WHERE data_target_id = {world.DataTarget} AND state = 0 AND next_attempt_at < now() + interval '31 seconds'");

    private Task SwitchOffAsync(World world) => api.Database.ExecuteAsync(
        $"""
        UPDATE data_targets SET disabled_at = now(), disabled_reason = 'It answered 410.' WHERE id = {world.DataTarget};
        INSERT INTO data_target_failures (data_target_id, since, last_at, gone) VALUES ({world.DataTarget}, now(), now(), true)
        """);

    private Task WaitingAsync(World world, int state) => api.Database.ExecuteAsync(
        $"""
        INSERT INTO deliveries (message_id, received_at, device_id, application_id, organization_id, connection_id, data_target_id, payload, state,
            attempts, next_attempt_at, created_at)
        VALUES (gen_random_uuid(), now(), {world.Device}, {world.Application}, {world.Organization}, 1, {world.DataTarget}, '1', {state}, 1,
            now() + interval '5 hours', now())
        """);
}

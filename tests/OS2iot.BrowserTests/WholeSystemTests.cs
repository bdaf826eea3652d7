namespace OS2iot.BrowserTests;

/// <summary>The system as the AppHost describes it, on real parts.</summary>
public sealed class WholeSystem : RunningSystem, IAsyncLifetime
{
    private readonly IntegrationTests.RunningSystem _system = new();

    public override Uri Portal => _system.Portal.BaseAddress!;

    public override Uri Ingest => _system.Ingest.BaseAddress!;

    public override (string Email, string Password) Administrator => _system.FirstAdministrator;

    /// <summary>The identity provider, among others.</summary>
    public HttpClient Simulator => _system.Simulator;

    public override async Task<(int Id, string Key)> ADeviceAsync(CancellationToken ct)
    {
        var scene = await _system.ASceneAsync("function decode(payload) { return { decoded: payload.marker }; }", ct: ct);
        return (scene.DeviceId, scene.ApiKey);
    }

    public ValueTask InitializeAsync() => _system.InitializeAsync();

    public ValueTask DisposeAsync() => _system.DisposeAsync();
}

/// <summary>Started once for all who need it: that takes a while.</summary>
[CollectionDefinition(Name)]
public sealed class WholeSystemCollection : ICollectionFixture<WholeSystem>
{
    public const string Name = "whole system";
}

[Collection(WholeSystemCollection.Name)]
public sealed class WholeSystemTests(Browser browser, WholeSystem system) : LiveMessageStory(browser, system);

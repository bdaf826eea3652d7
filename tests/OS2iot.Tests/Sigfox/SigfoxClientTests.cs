using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OS2iot.Core.Sigfox;
using OS2iot.Simulator.Sigfox;

namespace OS2iot.Tests.Sigfox;

public sealed class SigfoxClientTests : IAsyncLifetime
{
    private readonly List<IHost> _hosts = [];
    private FakeSigfox _sigfox = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _sigfox = await FakeSigfox.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _hosts.ForEach(h => h.Dispose());
        await _sigfox.DisposeAsync();
    }

    [Fact]
    public async Task List_WhenThereAreSeveralPages_ReadsThemAll()
    {
        var user = _sigfox.Cloud.AddUser("many", FakeSigfox.Password, devices: 250);

        var devices = await Client().ListDevicesAsync(Login("many"), (string)user.Group["id"]!, Ct);

        Assert.Equal(250, devices.Select(d => d.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal(3, _sigfox.Cloud.Calls.Count);
    }

    [Fact]
    public async Task Call_WhenTheLoginIsWrong_SaysSoAndNotThePassword()
    {
        _sigfox.Cloud.AddUser("somebody", FakeSigfox.Password);

        var exception = await Assert.ThrowsAsync<SigfoxException>(() => Client().ListGroupsAsync(new SigfoxLogin("somebody", "wrong-secret"), Ct));

        Assert.Equal(SigfoxFailure.BadLogin, exception.Failure);
        Assert.DoesNotContain("wrong-secret", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WhenSigfoxFindsMistakes_TellsThem()
    {
        var user = _sigfox.Cloud.AddUser("somebody", FakeSigfox.Password);
        var settings = new SigfoxDeviceTypeSettings { Name = "Type", Description = "", ContractId = "none" };

        var exception = await Assert.ThrowsAsync<SigfoxException>(
            () => Client().CreateDeviceTypeAsync(Login("somebody"), (string)user.Group["id"]!, settings, Ct));

        Assert.Equal(SigfoxFailure.Refused, exception.Failure);
        Assert.Equal("contractId", Assert.Single(exception.Errors).GetProperty("field").GetString());
        Assert.Contains("There is no such contract", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_WhenSigfoxAskedForAPause_IsNotMadeAgainBeforeThat()
    {
        _sigfox.Cloud.AddUser("busy", FakeSigfox.Password);
        _sigfox.Cloud.AddUser("other", FakeSigfox.Password);
        var client = Client();
        _sigfox.Cloud.Faults = new SigfoxFaults { Status = 429, RetryAfter = 30, Times = 1 };

        var first = await Assert.ThrowsAsync<SigfoxException>(() => client.ListGroupsAsync(Login("busy"), Ct));
        var second = await Assert.ThrowsAsync<SigfoxException>(() => client.ListGroupsAsync(Login("busy"), Ct));

        Assert.Equal((SigfoxFailure.TooManyRequests, TimeSpan.FromSeconds(30)), (first.Failure, first.RetryAfter));
        Assert.InRange(second.RetryAfter, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30));
        Assert.Single(_sigfox.Cloud.Calls);
        Assert.Single(await client.ListGroupsAsync(Login("other"), Ct));
    }

    [Fact]
    public async Task Update_WhenADeviceWasChangedTooOften_LeavesOtherCallsAlone()
    {
        var user = _sigfox.Cloud.AddUser("busy", FakeSigfox.Password);
        var client = Client();
        var device = (await client.FindDeviceAsync(Login("busy"), user.Devices.Keys.First(), Ct))!;
        _sigfox.Cloud.Faults = new SigfoxFaults { Status = 429, RetryAfter = 3600, Times = 1 };

        var exception = await Assert.ThrowsAsync<SigfoxException>(() => client.UpdateDeviceAsync(Login("busy"), device, Ct));

        Assert.Equal(TimeSpan.FromHours(1), exception.RetryAfter);
        Assert.Single(await client.ListGroupsAsync(Login("busy"), Ct));
    }

    [Fact]
    public async Task Calls_WhenThereAreMoreThanAllowed_WaitTheirTurnOrAreRefused()
    {
        _sigfox.Cloud.AddUser("busy", FakeSigfox.Password);
        var client = Client(("Sigfox:Burst", "1"), ("Sigfox:CallsPerSecond", "2"), ("Sigfox:Waiting", "1"));

        var calls = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => TryAsync(() => client.ListGroupsAsync(Login("busy"), Ct))));

        Assert.Equal(2, calls.Count(failure => failure is null));
        Assert.Equal(SigfoxFailure.TooManyRequests, Assert.Single(calls, failure => failure is not null));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Call_WhenSigfoxIsInTrouble_IsUnavailable(int status)
    {
        _sigfox.Cloud.AddUser("somebody", FakeSigfox.Password);
        _sigfox.Cloud.Faults = new SigfoxFaults { Status = status };

        Assert.Equal(SigfoxFailure.Unavailable, await TryAsync(() => Client().ListGroupsAsync(Login("somebody"), Ct)));
    }

    [Fact]
    public async Task Call_WhenNobodyAnswers_IsUnavailable()
    {
        var client = Client(("Sigfox:RequestTimeout", "00:00:01"));
        _sigfox.Cloud.Faults = new SigfoxFaults { Status = 200, DelayMs = 10_000 };
        Assert.Equal(SigfoxFailure.Unavailable, await TryAsync(() => client.ListGroupsAsync(Login("somebody"), Ct)));

        await _sigfox.StopAsync();
        Assert.Equal(SigfoxFailure.Unavailable, await TryAsync(() => client.ListGroupsAsync(Login("somebody"), Ct)));
    }

    [Fact]
    public async Task Device_WhenCreated_IsFoundAndCanBeChanged()
    {
        var user = _sigfox.Cloud.AddUser("somebody", FakeSigfox.Password);
        var client = Client();
        var login = Login("somebody");
        await client.CreateDeviceAsync(
            login,
            new SigfoxNewDevice
            {
                Id = "ABC123",
                Name = "New",
                Pac = "0123456789abcdef",
                DeviceTypeId = user.DeviceTypes.Keys.First(),
                ProductCertificate = "P_1",
                Latitude = 56.1,
                Longitude = 10.2,
            },
            Ct);

        var created = (await client.FindDeviceAsync(login, "ABC123", Ct))!;
        await client.UpdateDeviceAsync(login, created with { Name = "Renamed" }, Ct);

        var renamed = (await client.FindDeviceAsync(login, "ABC123", Ct))!;
        Assert.Equal(("Renamed", 56.1, "P_1", "A device type"), (renamed.Name, renamed.Latitude, renamed.ProductCertificate, renamed.DeviceTypeName));
        Assert.Null(await client.FindDeviceAsync(login, "FFFFFF", Ct));
    }

    [Fact]
    public async Task DeviceType_WhenCreated_HasWhatPeopleAreNotAsked()
    {
        var user = _sigfox.Cloud.AddUser("somebody", FakeSigfox.Password);
        var client = Client();
        var settings = new SigfoxDeviceTypeSettings { Name = "Type", Description = "d", ContractId = user.Contracts.Keys.First(), KeepAlive = 1800 };

        var id = await client.CreateDeviceTypeAsync(Login("somebody"), (string)user.Group["id"]!, settings, Ct);
        await client.UpdateDeviceTypeAsync(Login("somebody"), id, settings with { Name = "Renamed" }, Ct);

        var type = (await client.FindDeviceTypeAsync(Login("somebody"), id, Ct))!.Value;
        Assert.Equal("Renamed", type.GetProperty("name").GetString());
        Assert.Equal((1, 2, true), (type.GetProperty("downlinkMode").GetInt32(), type.GetProperty("payloadType").GetInt32(), type.GetProperty("automaticRenewal").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, type.GetProperty("geolocPayloadConfigId").ValueKind);
    }

    private static async Task<SigfoxFailure?> TryAsync<T>(Func<Task<T>> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (SigfoxException exception)
        {
            return exception.Failure;
        }
    }

    private static SigfoxLogin Login(string username) => new(username, FakeSigfox.Password);

    private SigfoxClient Client(params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value));
        builder.Configuration["Sigfox:BaseAddress"] = _sigfox.Address.ToString();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddSigfox();
        var host = builder.Build();
        _hosts.Add(host);
        return host.Services.GetRequiredService<SigfoxClient>();
    }
}

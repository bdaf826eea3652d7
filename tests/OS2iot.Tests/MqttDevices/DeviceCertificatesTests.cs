using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Secrets;
using OS2iot.Tests.Api;

namespace OS2iot.Tests.MqttDevices;

public sealed class DeviceCertificatesTests(Fakes.PostgreSql postgres) : IAsyncLifetime
{
    private readonly ApiHost _api = new(postgres);
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(60));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _api.InitializeAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Authority_WhenManyHostsNeedTheFirst_IsOne()
    {
        var hosts = Enumerable.Range(0, 6).Select(_ => Certificates()).ToList();

        var authorities = await Task.WhenAll(hosts.Select(h => Task.Run(() => h.AuthorityAsync(Ct))));

        Assert.Single(authorities.Distinct());
        Assert.Equal(1, await _api.Database.ScalarAsync<long>("SELECT count(*) FROM device_authorities"));
        Assert.Equal(0, await _api.Database.ScalarAsync<long>("SELECT count(*) FROM device_authorities WHERE key_ciphertext LIKE '%PRIVATE%'"));
        hosts.ForEach(h => h.Dispose());
    }

    [Fact]
    public async Task Authority_WhenItWouldEndBeforeACertificate_IsReplaced()
    {
        using var certificates = Certificates();
        var first = await certificates.AuthorityAsync(Ct);
        _clock.Advance(TimeSpan.FromDays(9 * 365));
        Assert.Equal(first, await certificates.AuthorityAsync(Ct));

        _clock.Advance(TimeSpan.FromDays(2 * 365));

        Assert.NotEqual(first, await certificates.AuthorityAsync(Ct));
        Assert.Equal(2, await _api.Database.ScalarAsync<int>("SELECT max(generation) FROM device_authorities"));
    }

    private DeviceCertificates Certificates() => new(
        _api.Services.GetRequiredService<IServiceScopeFactory>(), _api.Services.GetRequiredService<SecretProtector>(), Options.Create(new MqttOptions()), _clock);
}

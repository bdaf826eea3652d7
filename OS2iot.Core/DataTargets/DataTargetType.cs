using Microsoft.Extensions.DependencyInjection;
using OS2iot.Core.DataTargets.Egress;

namespace OS2iot.Core.DataTargets;

/// <summary>A kind of receiver: its word on the wire, its settings and who delivers to it.</summary>
public abstract class DataTargetType(string name, string title, Type settingsType)
{
    /// <summary>The wire value, such as HTTP_PUSH.</summary>
    public string Name { get; } = name;

    /// <summary>What people call it.</summary>
    public string Title { get; } = title;

    /// <summary>What a user fills in; annotations validate it and label its form.</summary>
    public Type SettingsType { get; } = settingsType;

    /// <summary>Nothing is sent to it: whoever wants its data fetches them.</summary>
    public virtual bool IsPublished => false;

    internal abstract void Register(IServiceCollection services);

    internal abstract Task<DeliveryResult> SendAsync(
        IServiceProvider services, DeliveryMessage message, object settings, CancellationToken ct);
}

internal sealed class DataTargetType<TSettings, TSender>(string name, string title) : DataTargetType(name, title, typeof(TSettings))
    where TSettings : class
    where TSender : class, IDataTargetSender<TSettings>
{
    /// <summary>Each sender may ask for a guarded HTTP client by its own name.</summary>
    internal override void Register(IServiceCollection services) =>
        services.AddGuardedHttpClient(typeof(TSender).Name).AddSingleton<TSender>();

    internal override Task<DeliveryResult> SendAsync(
        IServiceProvider services, DeliveryMessage message, object settings, CancellationToken ct) =>
        services.GetRequiredService<TSender>().SendAsync(message, (TSettings)settings, ct);
}

/// <summary>A type whose data is fetched, so that it has no sender.</summary>
internal sealed class PublishedDataTargetType<TSettings>(string name, string title) : DataTargetType(name, title, typeof(TSettings))
    where TSettings : class
{
    public override bool IsPublished => true;

    internal override void Register(IServiceCollection services)
    {
        // Whoever serves its data reads the history.
    }

    internal override Task<DeliveryResult> SendAsync(
        IServiceProvider services, DeliveryMessage message, object settings, CancellationToken ct) =>
        Task.FromResult(new DeliveryResult(DeliveryOutcome.Refused, Error: "Data targets of this type are fetched from, not sent to."));
}

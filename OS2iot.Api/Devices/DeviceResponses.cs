using System.Text.Json.Serialization;
using OS2iot.Api.Applications;
using OS2iot.Api.DeviceModels;
using OS2iot.Api.Http;
using OS2iot.Core.Devices;
using OS2iot.Core.Uplinks;

namespace OS2iot.Api.Devices;

internal class DeviceCore(Device device, Dictionary<string, object?> network) : EntityResponse(device)
{
    public string Name { get; } = device.Name;

    public string Type { get; } = device.Type.ToWire();

    public GeoPoint? Location { get; } = device is { Latitude: { } latitude, Longitude: { } longitude } ? new GeoPoint(latitude, longitude) : null;

    public string? CommentOnLocation { get; } = device.CommentOnLocation;

    public string? Comment { get; } = device.Comment;

    /// <summary>JSON, but as a text.</summary>
    public string? Metadata { get; } = device.Metadata;

    /// <summary>The columns of the device's network, under the names that the wire has for them.</summary>
    [JsonExtensionData]
    public IDictionary<string, object?> Network { get; } = network;
}

/// <summary>GeoJSON: longitude first.</summary>
internal sealed class GeoPoint(double latitude, double longitude)
{
    public string Type { get; } = "Point";

    public double[] Coordinates { get; } = [longitude, latitude];
}

internal sealed class ReceivedMessageResponse(ReceivedMessage message)
{
    public long Id { get; } = message.Number;

    public DateTimeOffset CreatedAt { get; } = message.ReceivedAt;

    public DateTimeOffset UpdatedAt { get; } = message.ReceivedAt;

    public RawJson RawData { get; } = new(message.Payload);

    public DateTimeOffset SentTime { get; } = message.SentAt ?? message.ReceivedAt;

    public double? Rssi { get; } = message.Rssi;

    public double? Snr { get; } = message.Snr;

    public static ReceivedMessageResponse? From(ReceivedMessage? message) => message is null ? null : new ReceivedMessageResponse(message);
}

internal sealed record ReceivedMessageMetadata(
    long Id, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset SentTime, object? SignalData);

/// <summary>Only that it is there; the connection's own address tells more.</summary>
internal sealed class ConnectionRow(Core.Database.Entity connection) : EntityResponse(connection);

internal sealed class DeviceListItem(Device device, Dictionary<string, object?> network, ReceivedMessage? latest, DeviceModelCore? model)
    : DeviceCore(device, network)
{
    public ReceivedMessageResponse? LatestReceivedMessage { get; } = ReceivedMessageResponse.From(latest);

    public DeviceModelCore? DeviceModel { get; } = model;

    public IReadOnlyList<ConnectionRow> Connections { get; } = [.. device.Connections.Select(c => new ConnectionRow(c))];
}

internal sealed class DeviceDetails(
    Device device,
    Dictionary<string, object?> network,
    ApplicationCore application,
    IReadOnlyList<ReceivedMessageMetadata> metadata,
    ReceivedMessage? latest,
    DeviceModelDetails? model)
    : DeviceCore(device, network)
{
    public ApplicationCore Application { get; } = application;

    [ComesByItself]
    public IReadOnlyList<ReceivedMessageMetadata> ReceivedMessagesMetadata { get; } = metadata;

    [ComesByItself]
    public ReceivedMessageResponse? LatestReceivedMessage { get; } = ReceivedMessageResponse.From(latest);

    public DeviceModelDetails? DeviceModel { get; } = model;

    public int? CreatedBy { get; } = device.CreatedById;

    public int? UpdatedBy { get; } = device.UpdatedById;
}

/// <summary>A device of many that were saved: without messages, which a new one hasn't got.</summary>
internal sealed class SavedDevice(Device device, Dictionary<string, object?> network, ApplicationCore application, DeviceModelDetails? model)
    : DeviceCore(device, network)
{
    public ApplicationCore Application { get; } = application;

    public DeviceModelDetails? DeviceModel { get; } = model;

    public int? CreatedBy { get; } = device.CreatedById;

    public int? UpdatedBy { get; } = device.UpdatedById;
}

/// <summary>A device under something else, with the application that it belongs to.</summary>
internal sealed class DeviceWithApplication(Device device, Dictionary<string, object?> network, ApplicationCore application)
    : DeviceCore(device, network)
{
    public ApplicationCore Application { get; } = application;
}

using OS2iot.Core.DataTargets.Fiware;
using OS2iot.Core.DataTargets.HttpPush;
using OS2iot.Core.DataTargets.Mqtt;
using OS2iot.Core.DataTargets.OpenDataDk;

namespace OS2iot.Core.DataTargets;

/// <summary>The one list of data target types. A new type is a folder beside this file and a line in it.</summary>
public static class DataTargetTypes
{
    public static readonly IReadOnlyList<DataTargetType> All = List(types =>
    {
        types.Add<HttpPushSettings, HttpPushSender>("HTTP_PUSH", "HTTP push");
        types.Add<FiwareSettings, FiwareSender>("FIWARE", "FIWARE");
        types.Add<MqttSettings, MqttSender>("MQTT", "MQTT");
        types.AddPublished<OpenDataDkSettings>("OPENDATADK", "Open Data DK");
    });

    private static readonly Dictionary<string, DataTargetType> ByName = All.ToDictionary(t => t.Name, StringComparer.Ordinal);

    /// <summary>Null where no type has that wire value.</summary>
    public static DataTargetType? Find(string? name) => name is not null && ByName.TryGetValue(name, out var type) ? type : null;

    private static List<DataTargetType> List(Action<Builder> add)
    {
        var builder = new Builder();
        add(builder);
        return builder.Types;
    }

    private sealed class Builder
    {
        public List<DataTargetType> Types { get; } = [];

        public void Add<TSettings, TSender>(string name, string title)
            where TSettings : class
            where TSender : class, IDataTargetSender<TSettings> =>
            Types.Add(new DataTargetType<TSettings, TSender>(name, title));

        public void AddPublished<TSettings>(string name, string title)
            where TSettings : class =>
            Types.Add(new PublishedDataTargetType<TSettings>(name, title));
    }
}

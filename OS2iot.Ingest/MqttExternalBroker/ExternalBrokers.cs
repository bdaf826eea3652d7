using Npgsql;
using OS2iot.Core.Database;
using OS2iot.Core.MqttDevices;

namespace OS2iot.Ingest.MqttExternalBroker;

/// <summary>The subscriptions in the database: what is to be listened to, and how it goes.</summary>
internal sealed class ExternalBrokers(NpgsqlDataSource database)
{
    private const string Valid =
        """
        SELECT d.id, d.application_id, a.organization_id, d.created_at, d.mqtt_url, d.mqtt_port, d.mqtt_topic_name, d.mqtt_qos,
            d.mqtt_authentication, d.mqtt_username, d.mqtt_password_ciphertext, d.ca_certificate, d.device_certificate,
            d.device_certificate_key_ciphertext, d.mqtt_connection_state = 'Connected'
        FROM devices d JOIN applications a ON a.id = d.application_id
        WHERE d.type = 'MQTT_EXTERNAL_BROKER' AND NOT d.invalid_mqtt_config
        """;

    /// <summary>Only while it is about the settings that were tried: newer ones deserve a try of their own.</summary>
    private const string GiveUp =
        """
        UPDATE devices
        SET invalid_mqtt_config = true, mqtt_connection_error = $2, mqtt_connection_state = 'Failed', mqtt_connection_since = now()
        WHERE id = $1 AND NOT invalid_mqtt_config
            AND mqtt_url IS NOT DISTINCT FROM $3 AND mqtt_port IS NOT DISTINCT FROM $4 AND mqtt_topic_name IS NOT DISTINCT FROM $5
            AND mqtt_username IS NOT DISTINCT FROM $6 AND mqtt_password_ciphertext IS NOT DISTINCT FROM $7
            AND ca_certificate IS NOT DISTINCT FROM $8 AND device_certificate IS NOT DISTINCT FROM $9
            AND device_certificate_key_ciphertext IS NOT DISTINCT FROM $10
        """;

    private const string SetStates =
        """
        UPDATE devices d SET mqtt_connection_state = s.state, mqtt_connection_error = s.error, mqtt_connection_since = s.since
        FROM unnest($1, $2, $3, $4) s (id, state, error, since)
        WHERE d.id = s.id AND d.type = 'MQTT_EXTERNAL_BROKER' AND NOT d.invalid_mqtt_config
        """;

    private static readonly int Timeout = 10;

    /// <summary>Calls back for each that is to be listened to; of those in <paramref name="ids"/>, or of all.</summary>
    /// <param name="ids">Null for all.</param>
    /// <param name="found">Gets the settings, and whether they led to a connection before.</param>
    /// <param name="ct">Gives up.</param>
    public async Task ReadAsync(IReadOnlyCollection<int>? ids, Action<ExternalBroker, bool> found, CancellationToken ct)
    {
        await using var command = database.CreateCommand(ids is null ? Valid : $"{Valid} AND d.id = ANY($1)");
        command.CommandTimeout = Timeout;
        if (ids is not null)
        {
            command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. ids] });
        }

        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            found(Read(reader), !reader.IsDBNull(14) && reader.GetBoolean(14));
        }
    }

    /// <summary>Sets the flag and the reason.</summary>
    public async Task GiveUpAsync(ExternalBroker broker, string reason, CancellationToken ct)
    {
        await using var command = database.CreateCommand(GiveUp);
        command.CommandTimeout = Timeout;
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = broker.DeviceId });
        command.Parameters.Add(Text(reason));
        command.Parameters.Add(Text(broker.Url));
        command.Parameters.Add(new NpgsqlParameter<int?> { TypedValue = broker.Port });
        foreach (var text in (string?[])[broker.Topic, broker.Username, broker.PasswordCiphertext, broker.CaCertificate, broker.Certificate, broker.CertificateKeyCiphertext])
        {
            command.Parameters.Add(Text(text));
        }

        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task WriteAsync(IReadOnlyList<ConnectionNews> news, CancellationToken ct)
    {
        await using var command = database.CreateCommand(SetStates);
        command.CommandTimeout = Timeout;
        command.Parameters.Add(Columns.Of(news, n => n.DeviceId));
        command.Parameters.Add(Columns.Of(news, n => n.State.ToString()));
        command.Parameters.Add(Columns.Of(news, n => n.Error));
        command.Parameters.Add(Columns.Of(news, n => n.Since.UtcDateTime));
        await command.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlParameter<string?> Text(string? text) => new() { TypedValue = text };

    private static ExternalBroker Read(NpgsqlDataReader reader) => new()
    {
        DeviceId = reader.GetInt32(0),
        ApplicationId = reader.GetInt32(1),
        OrganizationId = reader.GetInt32(2),
        CreatedAt = reader.GetFieldValue<DateTimeOffset>(3),
        Url = TextAt(reader, 4),
        Port = reader.IsDBNull(5) ? null : reader.GetInt32(5),
        Topic = TextAt(reader, 6),
        Qos = reader.IsDBNull(7) ? 1 : reader.GetInt32(7),
        Authentication = Enum.TryParse<MqttAuthentication>(TextAt(reader, 8), out var word) ? word : MqttAuthentication.Password,
        Username = TextAt(reader, 9),
        PasswordCiphertext = TextAt(reader, 10),
        CaCertificate = TextAt(reader, 11),
        Certificate = TextAt(reader, 12),
        CertificateKeyCiphertext = TextAt(reader, 13),
    };

    private static string? TextAt(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}

/// <summary>A connection came to be in another state.</summary>
internal sealed record ConnectionNews(int DeviceId, MqttConnectionState State, string? Error, DateTimeOffset Since);

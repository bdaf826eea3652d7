using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace OS2iot.Workers.MqttDevices;

/// <summary>All accounts in the form of the file in which the dynamic security plugin keeps them.</summary>
internal static class DynamicSecurityFile
{
    /// <summary>What the plugin takes for itself; it reckons while other devices wait.</summary>
    private const int Rounds = 101;

    /// <summary>The plugin takes no other length.</summary>
    private const int SaltLength = 12;

    private const int HashLength = 64;

    public static byte[] Of(IReadOnlyList<BrokerAccount> accounts)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartObject("defaultACLAccess");
        json.WriteBoolean("publishClientSend", false);
        json.WriteBoolean("publishClientReceive", false);
        json.WriteBoolean("subscribe", false);
        json.WriteBoolean("unsubscribe", true);
        json.WriteEndObject();
        json.WriteStartArray("clients");
        foreach (var account in accounts)
        {
            WriteClient(json, account);
        }

        json.WriteEndArray();
        json.WriteStartArray("groups");
        json.WriteEndArray();
        json.WriteStartArray("roles");
        foreach (var account in accounts)
        {
            WriteRole(json, account);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteClient(Utf8JsonWriter json, BrokerAccount account)
    {
        json.WriteStartObject();
        json.WriteString("username", account.Username);
        json.WriteString("textname", account.TextName);
        json.WriteString("textdescription", account.Mark);
        json.WriteStartArray("roles");
        json.WriteStartObject();
        json.WriteString("rolename", account.Role);
        json.WriteEndObject();
        json.WriteEndArray();
        if (account.Password is { } password)
        {
            var salt = RandomNumberGenerator.GetBytes(SaltLength);
            json.WriteBase64String("password", Rfc2898DeriveBytes.Pbkdf2(password, salt, Rounds, HashAlgorithmName.SHA512, HashLength));
            json.WriteBase64String("salt", salt);
            json.WriteNumber("iterations", Rounds);
        }

        json.WriteEndObject();
    }

    private static void WriteRole(Utf8JsonWriter json, BrokerAccount account)
    {
        json.WriteStartObject();
        json.WriteString("rolename", account.Role);
        json.WritePropertyName("acls");
        JsonSerializer.Serialize(json, account.Rules, JsonSerializerOptions.Web);
        json.WriteEndObject();
    }
}

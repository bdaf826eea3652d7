using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.EntityFrameworkCore;
using OS2iot.Core.Database;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.Secrets;

namespace OS2iot.Workers.MqttDevices;

/// <summary>Reads from our database which accounts there have to be at our broker.</summary>
internal sealed class BrokerAccounts(SecretProtector protector, LookupHash hash, TimeProvider clock)
{
    /// <param name="db">To read by.</param>
    /// <param name="usernames">Only these; null for all.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>By user name: an account, or why there is none. Names that no device has are left out.</returns>
    public async Task<Dictionary<string, (BrokerAccount? Account, string? Why)>> ReadAsync(
        AppDbContext db, string[]? usernames, CancellationToken ct)
    {
        var devices = db.Devices.OfType<MqttInternalBrokerDevice>().AsNoTracking().Where(d => d.Username != null);
        var rows = await (usernames is null ? devices : devices.Where(d => usernames.Contains(d.Username!)))
            .Select(d => new Row(
                d.Id, d.Username!, d.Authentication, d.PasswordCiphertext, d.DeviceCertificate, d.ApplicationId, d.Application!.OrganizationId))
            .ToListAsync(ct);
        var accounts = new Dictionary<string, (BrokerAccount?, string?)>(rows.Count, StringComparer.Ordinal);
        foreach (var row in rows)
        {
            accounts[row.Username] = Of(row);
        }

        if (usernames is null || usernames.Contains(BrokerAccount.OfIngest.Username))
        {
            accounts[BrokerAccount.OfIngest.Username] = (BrokerAccount.OfIngest, null);
        }

        return accounts;
    }

    private (BrokerAccount? Account, string? Why) Of(Row row)
    {
        if (row.Authentication == MqttAuthentication.Certificate)
        {
            return WhyNoCertificate(row) is { } reason ? (null, reason) : (Account(row, password: null, "certificate"), null);
        }

        if (!MqttAccountName.MayBeChosen(row.Username))
        {
            return (null, $"The user name of device {row.Id} is kept for others.");
        }

        if (row.PasswordCiphertext is null)
        {
            return (null, $"Of the password of device {row.Id} only a hash is known, which the broker can't use. Set its password.");
        }

        var password = protector.Unprotect(row.PasswordCiphertext);
        return (Account(row, password, "password " + Convert.ToBase64String(hash.Of("mqtt " + password).AsSpan(0, 12))), null);
    }

    private string? WhyNoCertificate(Row row)
    {
        if (row.Username != MqttAccountName.OfDevice(row.Id))
        {
            return $"The user name of device {row.Id} is not the name in its certificate.";
        }

        if (row.Certificate is null)
        {
            return $"Device {row.Id} has no certificate.";
        }

        try
        {
            using var certificate = X509Certificate2.CreateFromPem(row.Certificate);
            return certificate.NotAfter.ToUniversalTime() > clock.GetUtcNow().UtcDateTime ? null : $"The certificate of device {row.Id} has expired.";
        }
        catch (CryptographicException)
        {
            return $"The certificate of device {row.Id} can't be read.";
        }
    }

    private static BrokerAccount Account(Row row, string? password, string mark) =>
        new(row.Username, row.Id, password, mark, BrokerAccount.RulesFor(row.OrganizationId, row.ApplicationId, row.Id));

    private sealed record Row(
        int Id, string Username, MqttAuthentication Authentication, string? PasswordCiphertext, string? Certificate, int ApplicationId, int OrganizationId);
}

namespace Aspire.Hosting.Engine;

/// <summary>Takes secrets out of everything that is shown: logs, environment, connection strings.</summary>
internal sealed class SecretMask
{
    private const string Hidden = "******";

    // A shorter text would be found in innocent places.
    private const int ShortestSecret = 6;

    private volatile string[] _secrets = [];

    public void Add(string secret)
    {
        if (secret.Length >= ShortestSecret)
        {
            // The longest first: one secret may be part of another.
            _secrets = [.. _secrets.Append(secret).Append(Uri.EscapeDataString(secret)).Distinct().OrderByDescending(s => s.Length)];
        }
    }

    public string Apply(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, Hidden, StringComparison.Ordinal);
        }

        return text;
    }
}

using Microsoft.Extensions.Options;

namespace OS2iot.Core.ChirpStack;

/// <summary>The API key with which we call ChirpStack; read again from its file after that changed.</summary>
internal sealed class ChirpStackKey(IOptions<ChirpStackOptions> options)
{
    private const int MaxLength = 4096;

    private readonly Lock _lock = new();
    private DateTime _readOf;
    private string? _read;

    /// <exception cref="ChirpStackException">There is none.</exception>
    public string Read()
    {
        if (ReadFile(options.Value.ApiKeyFile) is { } made)
        {
            return made;
        }

        return options.Value.ApiKey is { Length: > 0 } key
            ? key.Trim()
            : throw new ChirpStackException(ChirpStackFailure.Unavailable, "ChirpStack's API key is not there yet. Try again later.");
    }

    private string? ReadFile(string? path)
    {
        try
        {
            var file = path is { Length: > 0 } ? new FileInfo(path) : null;
            if (file is not { Exists: true, Length: > 0 and <= MaxLength })
            {
                return null;
            }

            lock (_lock)
            {
                if (_read is null || _readOf != file.LastWriteTimeUtc)
                {
                    (_read, _readOf) = (File.ReadAllText(file.FullName).Trim(), file.LastWriteTimeUtc);
                }

                return _read.Length == 0 ? null : _read;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

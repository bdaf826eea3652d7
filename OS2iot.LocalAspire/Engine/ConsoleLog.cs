using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Engine;

/// <summary>What one resource wrote: the last lines in memory, more in a file of bounded size, new ones to whoever follows.</summary>
internal sealed class ConsoleLog(string path, SecretMask mask, Action<string>? echo) : IDisposable
{
    private const int LinesInMemory = 2_000;
    private const long LongestFile = 5 * 1024 * 1024;
    private static readonly UnboundedChannelOptions OneReader = new() { SingleReader = true };

    private readonly Lock _gate = new();
    private readonly Queue<LogLine> _lines = new();
    private readonly List<Channel<LogLine>> _followers = [];
    private StreamWriter? _file;
    private int _lastNumber;

    /// <summary>A line of the resource itself, or of the engine about it. Secrets in it are not kept.</summary>
    public void Write(string text, bool isError = false)
    {
        var shown = Keep(text, isError);
        echo?.Invoke(shown);
    }

    /// <summary>Not on the AppHost's own console.</summary>
    public void WriteSilently(string text, bool isError) => Keep(text, isError);

    private string Keep(string text, bool isError)
    {
        var shown = mask.Apply(text);
        lock (_gate)
        {
            var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            var line = new LogLine(++_lastNumber, $"{time} {shown}", isError);
            _lines.Enqueue(line);
            if (_lines.Count > LinesInMemory)
            {
                _lines.Dequeue();
            }

            WriteToFile(line.Content);
            foreach (var follower in _followers)
            {
                follower.Writer.TryWrite(line);
            }
        }

        return shown;
    }

    public IReadOnlyList<LogLine> Lines()
    {
        lock (_gate)
        {
            return [.. _lines];
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var follower = Channel.CreateUnbounded<LogLine>(OneReader);
        LogLine[] known;
        lock (_gate)
        {
            known = [.. _lines];
            _followers.Add(follower);
        }

        try
        {
            yield return known;
            while (await follower.Reader.WaitToReadAsync(cancellationToken))
            {
                var batch = new List<LogLine>();
                while (follower.Reader.TryRead(out var line))
                {
                    batch.Add(line);
                }

                yield return batch;
            }
        }
        finally
        {
            lock (_gate)
            {
                _followers.Remove(follower);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
            _followers.ForEach(follower => follower.Writer.TryComplete());
        }
    }

    private void WriteToFile(string line)
    {
        _file ??= Open();
        _file.WriteLine(line);
        if (_file.BaseStream.Length > LongestFile)
        {
            _file.Dispose();
            File.Move(path, $"{path}.1", overwrite: true);
            _file = Open();
        }
    }

    private StreamWriter Open()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        return new StreamWriter(path, options) { AutoFlush = true };
    }
}

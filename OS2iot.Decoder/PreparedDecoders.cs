using System.Text;
using Acornima;
using Acornima.Ast;
using Jint;

namespace OS2iot.Decoder;

/// <summary>
/// Parsed scripts, also the reason why one cannot be parsed, by decoder and version. Bounded by the length of the sources, as the
/// parsed form can be a hundred times as large; the least recently used go first.
/// </summary>
internal sealed class PreparedDecoders(int scriptLimit, int cacheLimit)
{
    private readonly Dictionary<(int Id, int Version), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = [];
    private int _size;

    public PreparedDecoder Get(DecodeRequest request)
    {
        if (request.ScriptId is not { } id)
        {
            return Prepare(request.Code);
        }

        var key = (id, request.ScriptVersion);
        if (_entries.TryGetValue(key, out var found))
        {
            if (found != _byUse.First)
            {
                _byUse.Remove(found);
                _byUse.AddFirst(found);
            }

            return found.Value.Prepared;
        }

        if (!request.HasCode)
        {
            return PreparedDecoder.NotHere;
        }

        var prepared = Prepare(request.Code);
        Keep(new Entry(key, prepared, Math.Min(request.Code.Length, scriptLimit) + 256));
        return prepared;
    }

    private void Keep(Entry entry)
    {
        _entries[entry.Key] = _byUse.AddFirst(entry);
        _size += entry.Size;
        while (_size > cacheLimit && _byUse.Last is { } last && last != _byUse.First)
        {
            _byUse.RemoveLast();
            _entries.Remove(last.Value.Key);
            _size -= last.Value.Size;
        }
    }

    private PreparedDecoder Prepare(ReadOnlyMemory<byte> source)
    {
        var code = Encoding.UTF8.GetString(source.Span);
        if (code.Length > scriptLimit)
        {
            return PreparedDecoder.Refused($"The script has {code.Length} characters; at most {scriptLimit} are allowed.");
        }

        try
        {
            return new PreparedDecoder(Engine.PrepareScript(code), null, null);
        }
        catch (ScriptPreparationException exception) when (exception.InnerException is ParseErrorException && TryPrepareModule(code) is { } module)
        {
            return module;
        }
        catch (ScriptPreparationException exception) when (exception.InnerException is ParseErrorException error)
        {
            return PreparedDecoder.Refused($"SyntaxError: {error.Description}", error.LineNumber, error.Column + 1);
        }
        catch (ScriptPreparationException exception) when (exception.InnerException is InsufficientExecutionStackException)
        {
            return PreparedDecoder.Refused("The script is nested too deeply.");
        }
        catch (ScriptPreparationException exception)
        {
            return PreparedDecoder.Refused(exception.Message);
        }
    }

    /// <summary>Null unless it is one, with something exported.</summary>
    private static PreparedDecoder? TryPrepareModule(string code)
    {
        if (!code.Contains("export", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            return new PreparedDecoder(default, Engine.PrepareModule(code), null);
        }
        catch (ScriptPreparationException exception) when (exception.InnerException is ParseErrorException error)
        {
            return PreparedDecoder.Refused($"SyntaxError: {error.Description}", error.LineNumber, error.Column + 1);
        }
        catch (ScriptPreparationException)
        {
            return null;
        }
    }

    private sealed record Entry((int Id, int Version) Key, PreparedDecoder Prepared, int Size);
}

/// <summary>A script that can be run, or why it cannot.</summary>
internal sealed record PreparedDecoder(Prepared<Script> Script, Prepared<Acornima.Ast.Module>? Module, DecodeResult? Failure)
{
    /// <summary>It was sent once and has made room for others.</summary>
    public static PreparedDecoder NotHere { get; } = new(default, null, DecodeResult.Failed(DecodeFailure.NotHere, "The script has to be sent again."));

    public static PreparedDecoder Refused(string reason, int? line = null, int? column = null) =>
        new(default, null, DecodeResult.Failed(DecodeFailure.Syntax, reason, line, column));
}

using System.Globalization;
using System.Text.RegularExpressions;
using Jint;
using Jint.Native;
using Jint.Native.Object;
using Jint.Runtime;
using Jint.Runtime.Interop;

namespace OS2iot.Decoder;

/// <summary>
/// Runs one script on one message in an engine of its own: a new engine costs a few microseconds, and so nothing that a script
/// leaves behind, be it a global or a changed prototype, is there for the next message. There are no host objects in it.
/// </summary>
internal sealed class DecoderEngine(DecodeLimits limits, ThreadCpuClock clock)
{
    private static readonly TimeSpan PromiseWait = TimeSpan.FromMilliseconds(1);

    private readonly PreparedDecoders _prepared = new(limits.Script, limits.Cache);

    private readonly Options _engineOptions = EngineOptions(limits);

    public DecodeResult Run(DecodeRequest request)
    {
        var console = request.CaptureConsole ? new DecoderConsole() : null;
        DecodeResult result;
        try
        {
            var decoder = _prepared.Get(request);
            result = decoder.Failure ?? Run(decoder, request, console);
        }
        catch (Exception exception)
        {
            result = DecodeErrors.From(exception, limits);
        }

        return console is null ? result : result with { Console = console.Lines };
    }

    private DecodeResult Run(PreparedDecoder decoder, DecodeRequest request, DecoderConsole? console)
    {
        using var engine = new Engine(_engineOptions);
        engine.Constraints.Find<RunLimits>()!.Begin(clock, limits.Time, limits.WallClock);
        var run = new RunGlobals(console);
        engine.Advanced.HostDefined = run;
        var exports = Load(engine, decoder, run);

        var contract = DecoderContract.Find(engine, exports, request.Function);
        var returned = contract.Call(engine, request);
        if (returned.IsPromise())
        {
            returned = Settled(contract, returned);
        }

        // Getters, toJSON and proxies run script too: inside an entry into the engine its limits hold for them.
        var output = ReadOnlyMemory<byte>.Empty;
        engine.Call(new ClrFunction(engine, "", (_, _) =>
        {
            output = DecoderJson.Write(engine, contract.Read(returned, console), limits.Result);
            return JsValue.Undefined;
        }));
        return output.IsEmpty
            ? DecodeResult.Failed(DecodeFailure.Result, $"{contract.Name} returned nothing that is JSON.")
            : new DecodeResult { Output = output };
    }

    private static ObjectInstance? Load(Engine engine, PreparedDecoder decoder, RunGlobals run)
    {
        if (decoder.Module is not { } module)
        {
            engine.Execute(decoder.Script);
            return run.Exports;
        }

        const string Name = "decoder";
        engine.Modules.Add(Name, builder => builder.AddModule(module));
        ObjectInstance? exports = null;
        engine.Call(new ClrFunction(engine, "", (_, _) =>
        {
            exports = engine.Modules.Import(Name);
            return JsValue.Undefined;
        }));
        return exports;
    }

    private static JsValue Settled(DecoderContract contract, JsValue promise)
    {
        try
        {
            return promise.UnwrapIfPromise(PromiseWait);
        }
        catch (PromiseRejectedException exception) when (IsTimeout(exception.RejectedValue))
        {
            throw new DecodeException(
                DecodeFailure.Runtime, $"{contract.Name} returned a promise that nothing settles: there is nothing to wait for in a decoder.");
        }
    }

    /// <summary>The engine tells of its patience's end as of a rejection, in these words.</summary>
    private static bool IsTimeout(JsValue reason) => reason is JsString text && text.ToString().StartsWith("Timeout of ", StringComparison.Ordinal);

    private static Options EngineOptions(DecodeLimits limits)
    {
        var engine = new Options { Culture = CultureInfo.InvariantCulture, TimeZone = TimeZoneInfo.Utc };
        engine.Constraint(() => new RunLimits());
        engine.MaxStatements(limits.Statements);
        engine.LimitMemory(limits.Memory);
        engine.LimitRecursion(limits.Recursion);
        engine.DisableStringCompilation();
        engine.Constraints.StackOverflowGuard = true;
        engine.Constraints.MaxArraySize = (uint)limits.Array;
        engine.Constraints.RegexTimeout = limits.Time;
        engine.Constraints.PromiseTimeout = PromiseWait;
        engine.Constraints.MaxAtomicsPauseIterations = 1;
        DecoderGlobals.AddTo(engine);
        return engine;
    }
}

/// <summary>Failures in words for the script's author.</summary>
internal static class DecodeErrors
{
    public static string TooMuchMemory(int limit) => $"The script wanted more memory than the {limit >> 20} MB it may have.";

    public static DecodeResult From(Exception exception, DecodeLimits limits) => exception switch
    {
        RunLimitException limit => DecodeResult.Failed(limit.Failure, limit.Message),
        TimeoutException or RegexMatchTimeoutException or StatementsCountOverflowException =>
            DecodeResult.Failed(DecodeFailure.Timeout, RunLimits.TooLong(limits.Time)),
        MemoryLimitExceededException or OutOfMemoryException =>
            DecodeResult.Failed(DecodeFailure.Memory, TooMuchMemory(limits.Memory)),
        RecursionDepthOverflowException or InsufficientExecutionStackException =>
            DecodeResult.Failed(DecodeFailure.Runtime, "The script recursed too deeply."),
        DecodeException decode => DecodeResult.Failed(decode.Failure, decode.Message),
        PromiseRejectedException rejected => DecodeResult.Failed(DecodeFailure.Runtime, $"The promise was rejected: {Text(rejected.RejectedValue)}"),
        JavaScriptException script => From(script),
        JintException or InvalidOperationException => DecodeResult.Failed(DecodeFailure.Runtime, exception.Message),
        _ => DecodeResult.Failed(DecodeFailure.Runtime, $"The engine could not run the script: {exception.Message}"),
    };

    private static DecodeResult From(JavaScriptException exception)
    {
        var start = exception.Location.Start;
        return start.Line > 0
            ? DecodeResult.Failed(DecodeFailure.Runtime, Text(exception.Error), start.Line, start.Column + 1)
            : DecodeResult.Failed(DecodeFailure.Runtime, Text(exception.Error));
    }

    /// <summary>What was thrown, without running any more of the script: only data properties are read.</summary>
    private static string Text(JsValue thrown)
    {
        if (thrown is not ObjectInstance error)
        {
            return Short(thrown);
        }

        var name = DataProperty(error, "name");
        var message = DataProperty(error, "message");
        return (name, message) switch
        {
            ({ } n, { Length: > 0 } m) => $"{n}: {m}",
            ({ } n, _) => n,
            (null, { Length: > 0 } m) => m,
            _ => "The script threw an object that is no Error.",
        };
    }

    private static string? DataProperty(ObjectInstance error, string name)
    {
        // Three steps are enough for a class that extends a class that extends Error.
        for (var (owner, steps) = (error, 0); owner is not null && steps < 5 && IsOrdinary(owner); owner = owner.Prototype, steps++)
        {
            if (owner.GetOwnProperty(name) is { Get: null, Value: { } value } && value.IsString())
            {
                return Short(value);
            }
        }

        return null;
    }

    /// <summary>A proxy would run script when looked at.</summary>
    private static bool IsOrdinary(ObjectInstance value) => value.GetType().Name != "JsProxy";

    private static string Short(JsValue value)
    {
        if (value is JsString { Length: > DecodeResult.ErrorMaxLength } text)
        {
            return new string([.. Enumerable.Range(0, DecodeResult.ErrorMaxLength).Select(i => text[i])]);
        }

        return value.IsSymbol() ? "A symbol was thrown." : value.ToString();
    }
}

/// <summary>A failure that we found ourselves.</summary>
internal sealed class DecodeException(DecodeFailure failure, string message) : Exception(message)
{
    public DecodeFailure Failure { get; } = failure;
}

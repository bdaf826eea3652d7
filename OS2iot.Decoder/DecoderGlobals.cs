using System.Text;
using Jint;
using Jint.Native;
using Jint.Runtime;
using Jint.Runtime.Descriptors;
using Jint.Runtime.Interop;

namespace OS2iot.Decoder;

/// <summary>
/// What a script finds beside the language: <c>atob</c>, <c>btoa</c>, <c>console</c> and <c>global</c>. Taken away is what can
/// wait for something or reach beyond the run.
/// </summary>
internal static class DecoderGlobals
{
    private static readonly string[] TakenAway = ["Atomics", "SharedArrayBuffer", "ShadowRealm", "WeakRef", "FinalizationRegistry"];

    private static readonly string[] Levels = ["log", "info", "warn", "error", "debug"];

    public static void AddTo(Options options)
    {
        const PropertyFlag Replaceable = PropertyFlag.Writable | PropertyFlag.Configurable;
        options.AddLazyGlobal("atob", engine => new ClrFunction(engine, "atob", (_, args) => FromBase64(engine, args), 1), Replaceable);
        options.AddLazyGlobal("btoa", engine => new ClrFunction(engine, "btoa", (_, args) => ToBase64(engine, args), 1), Replaceable);
        options.AddLazyGlobal("console", Console, Replaceable);
        options.AddLazyGlobal("module", engine => Run(engine)?.Module(engine) ?? JsValue.Undefined, Replaceable);
        options.AddLazyGlobal("exports", engine => Run(engine)?.Module(engine).Get("exports") ?? JsValue.Undefined, Replaceable);
        options.AddLazyGlobal("global", engine => engine.Global, Replaceable);
        foreach (var name in TakenAway)
        {
            options.AddLazyGlobal(name, _ => JsValue.Undefined, Replaceable); // deleting them would cost each run more than most scripts do
        }
    }

    private static RunGlobals? Run(Engine engine) => engine.Advanced.HostDefined as RunGlobals;

    private static JsObject Console(Engine engine)
    {
        var console = new JsObject(engine);
        var lines = Run(engine)?.Console;
        foreach (var level in Levels)
        {
            console.FastSetDataProperty(level, new ClrFunction(engine, level, (_, args) =>
            {
                lines?.Add(engine, level, args);
                return JsValue.Undefined;
            }));
        }

        return console;
    }

    private static JsValue FromBase64(Engine engine, JsValue[] args)
    {
        var text = Argument(args);
        try
        {
            return Encoding.Latin1.GetString(Convert.FromBase64String(Padded(text)));
        }
        catch (FormatException)
        {
            throw new JavaScriptException(engine.Intrinsics.Error, "atob: the text is not base64.");
        }
    }

    private static JsValue ToBase64(Engine engine, JsValue[] args)
    {
        var text = Argument(args);
        return text.AsSpan().ContainsAnyExceptInRange('\0', '\u00ff')
            ? throw new JavaScriptException(engine.Intrinsics.Error, "btoa: the text has characters above U+00FF.")
            : Convert.ToBase64String(Encoding.Latin1.GetBytes(text));
    }

    private static string Argument(JsValue[] args) => args.Length == 0 ? "undefined" : TypeConverter.ToString(args[0]);

    private static string Padded(string text)
    {
        var length = text.Count(c => !char.IsWhiteSpace(c));
        return length % 4 is 2 or 3 && !text.EndsWith('=') ? text + new string('=', 4 - (length % 4)) : text;
    }
}

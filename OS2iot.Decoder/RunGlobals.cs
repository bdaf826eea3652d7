using Jint;
using Jint.Native;
using Jint.Native.Object;

namespace OS2iot.Decoder;

/// <summary>What the globals of one run share.</summary>
internal sealed class RunGlobals(DecoderConsole? console)
{
    private JsObject? _module;

    public DecoderConsole? Console { get; } = console;

    /// <summary>What the script put into <c>module.exports</c> or <c>exports</c>; null if it touched neither.</summary>
    public ObjectInstance? Exports => _module?.Get("exports") as ObjectInstance;

    public JsObject Module(Engine engine)
    {
        if (_module is null)
        {
            _module = new JsObject(engine);
            _module.Set("exports", new JsObject(engine));
        }

        return _module;
    }
}

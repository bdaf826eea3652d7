using System.Text;

namespace OS2iot.Core.PayloadDecoders;

/// <summary>A script to run. Keep the instance while the version stays the same.</summary>
/// <param name="id">The decoder; null for a script that is only being tried, which is neither kept in prepared form nor ever suspended.</param>
/// <param name="version">Grows with each change of the code; the prepared form is kept by it.</param>
/// <param name="code">JavaScript.</param>
public sealed class DecoderScript(int? id, int version, string code)
{
    public int? Id { get; } = id;

    public int Version { get; } = version;

    internal byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(code);

    /// <summary>A script that is not saved.</summary>
    public static DecoderScript Unsaved(string code) => new(null, 0, code);
}

using System.Buffers.Binary;
using System.Text;

namespace OS2iot.Decoder;

/// <summary>Gathers frames and writes them to a pipe together.</summary>
public sealed class FrameWriter(Stream stream)
{
    /// <summary>What the buffer keeps between writes.</summary>
    private const int Usual = 64 << 10;

    private byte[] _bytes = new byte[1024];
    private int _frame;

    /// <summary>Bytes that wait for <see cref="Flush"/>.</summary>
    public int Length { get; private set; }

    public void Flush()
    {
        stream.Write(_bytes, 0, Length);
        stream.Flush();
        Length = 0;
        if (_bytes.Length > Usual)
        {
            _bytes = new byte[1024];
        }
    }

    internal void Begin()
    {
        _frame = Length;
        Write(0);
    }

    internal void End() => BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(_frame), Length - _frame - sizeof(int));

    internal void Write(int value) => BinaryPrimitives.WriteInt32LittleEndian(Next(sizeof(int)), value);

    internal void Write(long value) => BinaryPrimitives.WriteInt64LittleEndian(Next(sizeof(long)), value);

    internal void Write(int? value)
    {
        Write(value is null ? 0 : 1);
        Write(value ?? 0);
    }

    internal void Write(string? text)
    {
        if (text is null)
        {
            Write(-1);
            return;
        }

        var length = Encoding.UTF8.GetByteCount(text);
        Write(length);
        Encoding.UTF8.GetBytes(text, Next(length));
    }

    internal void Write(ReadOnlySpan<byte> block)
    {
        Write(block.Length);
        block.CopyTo(Next(block.Length));
    }

    private Span<byte> Next(int length)
    {
        if (Length + length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Length + length, 2 * _bytes.Length));
        }

        Length += length;
        return _bytes.AsSpan(Length - length, length);
    }
}

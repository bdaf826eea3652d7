using System.Buffers.Binary;

namespace OS2iot.Decoder;

/// <summary>Reads frames from a pipe, with as few calls as it has them.</summary>
public sealed class FrameReader(Stream stream)
{
    private readonly byte[] _bytes = new byte[64 << 10];
    private int _start;
    private int _end;

    /// <summary>The next frame is here, so that reading it does not wait.</summary>
    public bool HasNext => _end - _start >= sizeof(int) && _end - _start - sizeof(int) >= NextLength;

    private int NextLength => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(_start));

    /// <summary>What stands in the next frame; null at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">It is longer than any of ours.</exception>
    internal byte[]? Read()
    {
        if (!Fill(sizeof(int)))
        {
            return null;
        }

        var length = NextLength;
        if (length is < 0 or > Frames.MaxLength)
        {
            throw new InvalidDataException($"A frame of {length} bytes is not one of ours.");
        }

        _start += sizeof(int);
        var frame = new byte[length];
        var here = Math.Min(length, _end - _start);
        _bytes.AsSpan(_start, here).CopyTo(frame);
        _start += here;
        return here == length || stream.ReadAtLeast(frame.AsSpan(here), length - here, throwOnEndOfStream: false) == length - here
            ? frame
            : null;
    }

    private bool Fill(int length)
    {
        if (_end - _start >= length)
        {
            return true;
        }

        _bytes.AsSpan(_start, _end - _start).CopyTo(_bytes);
        (_start, _end) = (0, _end - _start);
        while (_end < length)
        {
            var read = stream.Read(_bytes, _end, _bytes.Length - _end);
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }
}

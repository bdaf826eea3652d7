using System.Buffers.Binary;
using System.Text;

namespace OS2iot.Decoder;

/// <summary>
/// Requests and results on a pipe: a length and that many bytes. Little endian; a text or a block is its length and its bytes, -1 for none.
/// </summary>
public static class Frames
{
    /// <summary>Well above everything that the limits let through; a longer frame is not one of ours.</summary>
    private const int MaxLength = 16 << 20;

    public static void Write(Stream stream, DecodeRequest request)
    {
        using var frame = new Frame();
        frame.Add(request.ScriptId);
        frame.Add(request.ScriptVersion);
        frame.Add((int)request.Bytes);
        frame.Add(request.FPort);
        frame.Add(request.ReceivedAt.ToUnixTimeMilliseconds());
        frame.Add(request.CaptureConsole ? 1 : 0);
        frame.Add((int)request.Function);
        frame.Add(request.Code.Span);
        frame.Add(request.Payload.Span);
        frame.Add(request.Metadata.Span);
        frame.WriteTo(stream);
    }

    public static void Write(Stream stream, DecodeResult result)
    {
        using var frame = new Frame();
        frame.Add((int?)result.Failure);
        frame.Add(result.Line);
        frame.Add(result.Column);
        frame.Add(result.Error);
        frame.Add(result.Console.Count);
        foreach (var line in result.Console)
        {
            frame.Add(line);
        }

        frame.Add(result.Output.Span);
        frame.WriteTo(stream);
    }

    /// <summary>Null at the end of the stream.</summary>
    public static DecodeRequest? ReadRequest(Stream stream)
    {
        if (Read(stream) is not { } bytes)
        {
            return null;
        }

        var fields = new Fields(bytes);
        return new DecodeRequest
        {
            ScriptId = fields.OptionalInt(),
            ScriptVersion = fields.Int(),
            Bytes = (BytesForm)fields.Int(),
            FPort = fields.OptionalInt(),
            ReceivedAt = DateTimeOffset.FromUnixTimeMilliseconds(fields.Long()),
            CaptureConsole = fields.Int() == 1,
            Function = (DecoderFunction)fields.Int(),
            Code = fields.Block(),
            Payload = fields.Block(),
            Metadata = fields.Block(),
        };
    }

    /// <summary>Null at the end of the stream.</summary>
    public static DecodeResult? ReadResult(Stream stream)
    {
        if (Read(stream) is not { } bytes)
        {
            return null;
        }

        var fields = new Fields(bytes);
        var failure = (DecodeFailure?)fields.OptionalInt();
        var line = fields.OptionalInt();
        var column = fields.OptionalInt();
        var error = fields.Text();
        var console = new string[fields.Int()];
        for (var i = 0; i < console.Length; i++)
        {
            console[i] = fields.Text() ?? "";
        }

        return new DecodeResult { Failure = failure, Line = line, Column = column, Error = error, Console = console, Output = fields.Block() };
    }

    private static byte[]? Read(Stream stream)
    {
        Span<byte> prefix = stackalloc byte[4];
        if (stream.ReadAtLeast(prefix, 4, throwOnEndOfStream: false) < 4)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length is < 0 or > MaxLength)
        {
            throw new InvalidDataException($"A frame of {length} bytes is not one of ours.");
        }

        var bytes = new byte[length];
        return stream.ReadAtLeast(bytes, length, throwOnEndOfStream: false) < length ? null : bytes;
    }

    private sealed class Frame : IDisposable
    {
        private readonly MemoryStream _bytes = new(1024);

        public Frame()
        {
            Add(0);
        }

        public void Add(int value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            _bytes.Write(bytes);
        }

        public void Add(long value)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            _bytes.Write(bytes);
        }

        public void Add(int? value)
        {
            Add(value is null ? 0 : 1);
            Add(value ?? 0);
        }

        public void Add(string? text)
        {
            if (text is null)
            {
                Add(-1);
                return;
            }

            Add(Encoding.UTF8.GetBytes(text));
        }

        public void Add(ReadOnlySpan<byte> block)
        {
            Add(block.Length);
            _bytes.Write(block);
        }

        public void WriteTo(Stream stream)
        {
            var bytes = _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);
            BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - 4);
            stream.Write(bytes);
            stream.Flush();
        }

        public void Dispose() => _bytes.Dispose();
    }

    private struct Fields(byte[] bytes)
    {
        private int _at;

        public int Int() => BinaryPrimitives.ReadInt32LittleEndian(Next(4).Span);

        public long Long() => BinaryPrimitives.ReadInt64LittleEndian(Next(8).Span);

        public int? OptionalInt() => Int() == 1 ? Int() : Skip();

        public string? Text() => Int() is var length and >= 0 ? Encoding.UTF8.GetString(Next(length).Span) : null;

        public ReadOnlyMemory<byte> Block() => Next(Int());

        private int? Skip()
        {
            Next(4);
            return null;
        }

        private ReadOnlyMemory<byte> Next(int length)
        {
            var next = bytes.AsMemory(_at, length);
            _at += length;
            return next;
        }
    }
}

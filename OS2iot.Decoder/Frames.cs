using System.Buffers.Binary;
using System.Text;

namespace OS2iot.Decoder;

/// <summary>
/// The two ends of a pipe that carries requests or results: frames of a length and that many bytes. Little endian; a text or a block
/// is its length and its bytes, -1 for none. Several frames go in one write and come in one read.
/// </summary>
public static class Frames
{
    /// <summary>Well above everything that the limits let through; a longer frame is not one of ours.</summary>
    internal const int MaxLength = 16 << 20;

    /// <param name="frames">Gathers it until <see cref="FrameWriter.Flush"/>.</param>
    /// <param name="request">What to run.</param>
    /// <param name="withCode">False for a script that the other end was sent before.</param>
    public static void Add(this FrameWriter frames, DecodeRequest request, bool withCode)
    {
        frames.Begin();
        frames.Write(request.ScriptId);
        frames.Write(request.ScriptVersion);
        frames.Write((int)request.Bytes);
        frames.Write(request.FPort);
        frames.Write(request.ReceivedAt.ToUnixTimeMilliseconds());
        frames.Write(request.CaptureConsole ? 1 : 0);
        frames.Write((int)request.Function);
        frames.Write(withCode ? 1 : 0);
        frames.Write(withCode ? request.Code.Span : []);
        frames.Write(request.Payload.Span);
        frames.Write(request.Metadata.Span);
        frames.End();
    }

    public static void Add(this FrameWriter frames, DecodeResult result)
    {
        frames.Begin();
        frames.Write((int?)result.Failure);
        frames.Write(result.Line);
        frames.Write(result.Column);
        frames.Write(result.Error);
        frames.Write(result.Console.Count);
        foreach (var line in result.Console)
        {
            frames.Write(line);
        }

        frames.Write(result.Output.Span);
        frames.End();
    }

    /// <summary>Null at the end of the stream.</summary>
    public static DecodeRequest? ReadRequest(this FrameReader frames)
    {
        if (frames.Read() is not { } bytes)
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
            HasCode = fields.Int() == 1,
            Code = fields.Block(),
            Payload = fields.Block(),
            Metadata = fields.Block(),
        };
    }

    /// <summary>Null at the end of the stream.</summary>
    public static DecodeResult? ReadResult(this FrameReader frames)
    {
        if (frames.Read() is not { } bytes)
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

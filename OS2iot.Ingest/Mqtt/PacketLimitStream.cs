namespace OS2iot.Ingest.Mqtt;

/// <summary>
/// Reads the lengths of the MQTT packets that pass, and ends at one that is too long: who parses behind makes room for whatever length
/// is announced, up to 256 MB.
/// </summary>
internal sealed class PacketLimitStream(Stream inner, int maxPacket) : Stream
{
    /// <summary>Bytes of the packet under way that are still to come; 0 where its header is expected.</summary>
    private long _left;
    private bool _isInLength;
    private long _length;
    private int _shift;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // Without room for bytes: a connection that is quiet then holds no buffer.
        _ = await inner.ReadAsync(Memory<byte>.Empty, cancellationToken);
        var read = await inner.ReadAsync(buffer, cancellationToken);
        Follow(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Follow(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_left > 0)
            {
                var passed = (int)Math.Min(_left, bytes.Length);
                _left -= passed;
                bytes = bytes[passed..];
            }
            else if (!_isInLength)
            {
                (_isInLength, _length, _shift) = (true, 0, 0);
                bytes = bytes[1..];
            }
            else
            {
                _length |= (long)(bytes[0] & 0x7F) << _shift;
                _shift += 7;
                if (_length > maxPacket || _shift > 28)
                {
                    throw new MqttPacketTooLargeException();
                }

                if ((bytes[0] & 0x80) == 0)
                {
                    (_isInLength, _left) = (false, _length);
                }

                bytes = bytes[1..];
            }
        }
    }
}

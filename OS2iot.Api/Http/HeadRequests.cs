using Microsoft.AspNetCore.Http.Features;

namespace OS2iot.Api.Http;

/// <summary>Answers HEAD as GET, without the body. Every address that can be read can so be asked about.</summary>
internal sealed class HeadRequests(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await next(context);
            return;
        }

        context.Request.Method = HttpMethods.Get;
        context.Features.Set(HeadersOnly.Instance);
        var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(new NoBody(body), body));
        try
        {
            await next(context);
            await context.Response.StartAsync(context.RequestAborted);
        }
        finally
        {
            context.Features.Set(body);
            context.Request.Method = HttpMethods.Head;
        }
    }
}

/// <summary>The request wants no body: an answer that never ends by itself has to look for this.</summary>
internal sealed class HeadersOnly
{
    public static readonly HeadersOnly Instance = new();
}

/// <summary>Takes a body and drops it. As with a real one, headers go out with the first bytes.</summary>
internal sealed class NoBody(IHttpResponseBodyFeature response) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => response.StartAsync(cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await response.StartAsync(cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => response.StartAsync(cancellationToken);

    public override void Flush()
    {
        // Only asynchronous writes start an answer.
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        // As above.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

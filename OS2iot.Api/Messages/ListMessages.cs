using FastEndpoints;
using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Auth;
using OS2iot.Api.Devices;
using OS2iot.Api.Http;
using OS2iot.Core.Database;
using OS2iot.Core.Organizations;

namespace OS2iot.Api.Messages;

internal sealed class ListMessagesQuery : IQueryRequest
{
    private const int DefaultLimit = 20;

    private const int MaxLimit = 100;

    public int Limit { get; private set; }

    /// <summary>The <c>next</c> of the page before.</summary>
    public string? Before { get; private set; }

    /// <summary>Messages received then or later.</summary>
    public DateTimeOffset? From { get; private set; }

    /// <summary>Messages received before then.</summary>
    public DateTimeOffset? To { get; private set; }

    public void Read(QueryReader query)
    {
        From = query.Time("from");
        To = query.Time("to");
        Limit = query.Number("limit", min: 1, MaxLimit) ?? DefaultLimit;
        Before = query.Text("before");
    }
}

/// <summary>A device's messages, newest first, with decoding results and deliveries.</summary>
internal sealed class ListMessages(AppDbContext db, Caller caller, MessageReader reader) : Endpoint<ListMessagesQuery, MessagePage>
{
    public override void Configure()
    {
        Get("iot-device/{id}/messages");
        Policies(Role.Read);
    }

    public override async Task<MessagePage> ExecuteAsync(ListMessagesQuery query, CancellationToken ct)
    {
        var id = HttpContext.RouteId();
        MessageCursor? before = query.Before is null
            ? null
            : MessageCursor.Parse(query.Before) ?? throw Refusal.BadRequest("before must be the next of an earlier page");
        return await db.Devices.VisibleTo(caller).AnyAsync(d => d.Id == id, ct)
            ? await reader.ReadAsync(id, query.Limit, before, query.From, query.To, ct)
            : throw await db.Devices.MissingAsync(id, ErrorCodes.IdDoesNotExist, ct);
    }
}

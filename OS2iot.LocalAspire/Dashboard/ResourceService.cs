using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Protocol;
using Aspire.Hosting.Engine;
using Grpc.Core;
using Resource = Aspire.Hosting.Dashboard.Protocol.Resource;

namespace Aspire.Hosting.Dashboard;

/// <summary>Answers the dashboard: which resources there are, what they wrote, and its buttons.</summary>
internal sealed class ResourceService(LocalEngine engine) : DashboardService.DashboardServiceBase
{
    private const string ApplicationName = "OS2iot";
    private const int Succeeded = 1;
    private const int Failed = 2;

    public override Task<ApplicationInformationResponse> GetApplicationInformation(
        ApplicationInformationRequest request, ServerCallContext context) =>
        Task.FromResult(new ApplicationInformationResponse { ApplicationName = ApplicationName });

    public override async Task WatchResources(
        WatchResourcesRequest request, IServerStreamWriter<WatchResourcesUpdate> responseStream, ServerCallContext context)
    {
        var initial = new InitialResourceData();
        initial.Resources.AddRange(engine.Notifications.Latest().Select(ToWire));
        await responseStream.WriteAsync(new WatchResourcesUpdate { InitialData = initial }, context.CancellationToken);
        try
        {
            await foreach (var update in engine.Notifications.WatchAsync(context.CancellationToken))
            {
                var changes = new WatchResourcesChanges { Value = { new WatchResourcesChange { Upsert = ToWire(update) } } };
                await responseStream.WriteAsync(new WatchResourcesUpdate { Changes = changes }, context.CancellationToken);
            }
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The dashboard went away.
        }
    }

    public override async Task WatchResourceConsoleLogs(
        WatchResourceConsoleLogsRequest request, IServerStreamWriter<WatchResourceConsoleLogsUpdate> responseStream,
        ServerCallContext context)
    {
        var log = engine.LogOf(request.ResourceName);
        if (request.SuppressFollow)
        {
            await responseStream.WriteAsync(ToWire(log.Lines()), context.CancellationToken);
            return;
        }

        try
        {
            await foreach (var lines in log.FollowAsync(context.CancellationToken))
            {
                await responseStream.WriteAsync(ToWire(lines), context.CancellationToken);
            }
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The reader looks at another log.
        }
    }

    public override async Task<ResourceCommandResponse> ExecuteResourceCommand(ResourceCommandRequest request, ServerCallContext context)
    {
        var result = await engine.ExecuteAsync(request.ResourceName, request.CommandName, context.CancellationToken);
        var response = new ResourceCommandResponse { Kind = result.Success ? Succeeded : Failed };
        if (result.Message is not null)
        {
            response.Message = result.Message;
        }

        return response;
    }

    public override async Task WatchInteractions(
        IAsyncStreamReader<InteractionsRequest> requestStream, IServerStreamWriter<InteractionsUpdate> responseStream,
        ServerCallContext context)
    {
        await context.WriteResponseHeadersAsync([]);
        try
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The dashboard went away.
        }
    }

    private static WatchResourceConsoleLogsUpdate ToWire(IEnumerable<LogLine> lines)
    {
        var update = new WatchResourceConsoleLogsUpdate();
        update.LogLines.AddRange(lines.Select(line =>
            new ConsoleLogLine { Text = line.Content, IsStdErr = line.IsErrorMessage, LineNumber = line.LineNumber }));
        return update;
    }

    private Resource ToWire(ResourceEvent update) =>
        update.ToWire(hasCommands: engine.Runners.Any(runner => runner.InstanceName == update.ResourceId));
}

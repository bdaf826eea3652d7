using System.Diagnostics;
using OS2iot.ServiceDefaults;

namespace OS2iot.Tests.ServiceDefaults;

public sealed class SpanFilterTests : IDisposable
{
    private readonly ActivitySource _database = new("Npgsql");
    private readonly ActivitySource _ours = new("OS2iot.Tests");
    private readonly SpanFilter _filter = new();
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name is "Npgsql" or "OS2iot.Tests",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    public SpanFilterTests()
    {
        Activity.Current = null;
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _filter.Dispose();
        _database.Dispose();
        _ours.Dispose();
    }

    [Fact]
    public void OnEnd_OfADatabaseSpanInATrace_KeepsIt()
    {
        using var request = _ours.StartActivity("request");
        using var query = _database.StartActivity("query")!;

        _filter.OnEnd(query);

        Assert.True(query.Recorded);
    }

    [Fact]
    public void OnEnd_OfADatabaseSpanWithoutAParent_DropsIt()
    {
        using var query = _database.StartActivity("query")!;

        _filter.OnEnd(query);

        Assert.False(query.Recorded);
    }

    [Fact]
    public void OnEnd_OfADatabaseSpanUnderARequestThatIsNotTraced_DropsIt()
    {
        using var health = _ours.StartActivity("health")!;
        health.ActivityTraceFlags = ActivityTraceFlags.None;
        using var query = _database.StartActivity("query")!;
        query.ActivityTraceFlags = ActivityTraceFlags.Recorded;

        _filter.OnEnd(query);

        Assert.False(query.Recorded);
    }

    [Fact]
    public void OnEnd_OfASpanWithKeysInItsAddress_RemovesThem()
    {
        using var request = _ours.StartActivity("request")!;
        request.SetTag("url.query", "?apiKey=secret");
        request.SetTag("url.full", "http://target.example/push?token=secret");

        _filter.OnEnd(request);

        Assert.Null(request.GetTagItem("url.query"));
        Assert.Equal("http://target.example/push", request.GetTagItem("url.full"));
    }
}

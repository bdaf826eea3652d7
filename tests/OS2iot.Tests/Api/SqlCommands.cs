using System.Diagnostics;

namespace OS2iot.Tests.Api;

/// <summary>Counts and keeps the commands that the Api sends to its database from here on. Others must not use that database meanwhile.</summary>
internal sealed class SqlCommands : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly List<string> _texts = [];

    public SqlCommands(ApiHost api)
    {
        var name = new Npgsql.NpgsqlConnectionStringBuilder(api.Database.ConnectionString).Database;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("db.namespace") as string == name || activity.GetTagItem("db.name") as string == name)
                {
                    lock (_texts)
                    {
                        _texts.Add((activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement")) as string ?? activity.DisplayName);
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public int Count
    {
        get
        {
            lock (_texts)
            {
                return _texts.Count;
            }
        }
    }

    public IReadOnlyList<string> Texts
    {
        get
        {
            lock (_texts)
            {
                return [.. _texts];
            }
        }
    }

    public void Restart()
    {
        lock (_texts)
        {
            _texts.Clear();
        }
    }

    public void Dispose() => _listener.Dispose();
}

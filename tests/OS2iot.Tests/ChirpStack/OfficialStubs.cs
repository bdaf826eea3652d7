using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OS2iot.Tests.ChirpStack;

/// <summary>A gRPC server made with the stubs that ChirpStack publishes. It says what arrived and answers as it is told.</summary>
public sealed class OfficialStubs : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private Process? _node;

    public Uri Address { get; private set; } = new("http://localhost");

    public async ValueTask InitializeAsync()
    {
        var folder = Folder();
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules")), $"Run 'npm ci' in {folder}, or build again.");
        _node = Process.Start(new ProcessStartInfo("node", "server.js")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        });
        var line = await ReadAsync();
        Address = new Uri($"http://127.0.0.1:{line["port"]!.GetValue<int>()}");
    }

    /// <summary>What the next calls are answered with. What nobody asked for of earlier calls is forgotten.</summary>
    public async Task AnswerAsync(JsonObject answer)
    {
        await WriteAsync(answer);
        while ((await ReadAsync())["ready"] is null)
        {
        }
    }

    /// <summary>Fails when something arrived that nobody asked for.</summary>
    public async Task AssertNothingMoreAsync()
    {
        await WriteAsync(new JsonObject { ["code"] = 0 });
        Assert.Equal("ready", (await ReadAsync()).First().Key);
    }

    /// <summary>What arrived since the last one that was read.</summary>
    public Task<JsonObject> ReceivedAsync() => ReadAsync();

    /// <summary>How the stubs read bytes of ours.</summary>
    public async Task<JsonObject> DecodeAsync(string type, byte[] bytes)
    {
        await WriteAsync(new JsonObject { ["decode"] = type, ["bytes"] = Convert.ToBase64String(bytes) });
        return (await ReadAsync())["decoded"]!.AsObject();
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is { } node)
        {
            node.StandardInput.Close();
            await node.WaitForExitAsync(TestContext.Current.CancellationToken);
            node.Dispose();
        }
    }

    private static string Folder([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "Wire");

    private async Task WriteAsync(JsonObject line)
    {
        await _node!.StandardInput.WriteLineAsync(line.ToJsonString());
        await _node.StandardInput.FlushAsync();
    }

    private async Task<JsonObject> ReadAsync()
    {
        var line = await _node!.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);
        Assert.NotNull(line);
        return JsonSerializer.Deserialize<JsonObject>(line)!;
    }
}

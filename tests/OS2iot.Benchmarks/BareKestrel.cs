using System.Text.Json;

namespace OS2iot.Benchmarks;

/// <summary>The machine's limit for an ingest: reads a body, checks that it is JSON, answers 204. Nothing else.</summary>
internal static class BareKestrel
{
    public static async Task RunAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        app.Run(async context =>
        {
            var reader = context.Request.BodyReader;
            while (true)
            {
                var result = await reader.ReadAsync(context.RequestAborted);
                if (result.IsCompleted)
                {
                    context.Response.StatusCode = IsJson(result.Buffer) ? StatusCodes.Status204NoContent : StatusCodes.Status400BadRequest;
                    reader.AdvanceTo(result.Buffer.End);
                    return;
                }

                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        });
        await app.RunAsync();
    }

    private static bool IsJson(System.Buffers.ReadOnlySequence<byte> body)
    {
        try
        {
            var json = new Utf8JsonReader(body);
            while (json.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

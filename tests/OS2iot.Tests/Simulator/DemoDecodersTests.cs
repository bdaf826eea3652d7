using System.Text;
using System.Text.Json;
using OS2iot.Core.Devices;
using OS2iot.Core.PayloadDecoders;
using OS2iot.Simulator.Demo;
using OS2iot.Tests.PayloadDecoders;

namespace OS2iot.Tests.Simulator;

/// <summary>The demo's decoders take the demo's messages, in the sandbox that will run them.</summary>
public sealed class DemoDecodersTests(SharedSandbox shared) : IClassFixture<SharedSandbox>
{
    [Fact]
    public async Task Decoders_TakeADayOfTheTownsMessages()
    {
        var random = new Random(1);
        var failures = new Dictionary<string, int>();
        foreach (var application in DemoTown.Applications.Where(a => a.Decoder is not null))
        {
            var script = new DecoderScript(application.Name.Length, 1, application.Decoder!);
            foreach (var device in application.Devices)
            {
                var metadata = JsonSerializer.SerializeToUtf8Bytes(new { name = device.Name, metadata = JsonSerializer.Serialize(device.Metadata), location = new { } });
                for (var minute = 0; minute < 24 * 60; minute += 5)
                {
                    var at = new DateTimeOffset(2026, 5, 4, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute);
                    var result = await shared.Sandbox.DecodeAsync(
                        script,
                        new DecoderInput { Payload = JsonSerializer.SerializeToUtf8Bytes(device.Measure(at, random)), Metadata = metadata, Network = DeviceType.GenericHttp },
                        TestContext.Current.CancellationToken);
                    failures[device.Name] = failures.GetValueOrDefault(device.Name) + (result.Succeeded ? 0 : 1);
                    Assert.True(result.Succeeded || result.Error!.Contains("no echo", StringComparison.Ordinal), $"{device.Name}: {result.Error}");
                    Assert.True(!result.Succeeded || Encoding.UTF8.GetString(result.Output.Span).Contains(device.Name, StringComparison.Ordinal));
                }
            }
        }

        // One sensor has a bad message now and then, so that a newcomer sees what a decoder's error looks like.
        Assert.Contains(failures, f => f.Value is > 0 and < 100);
        Assert.True(failures.Count(f => f.Value == 0) >= failures.Count / 2);
    }
}

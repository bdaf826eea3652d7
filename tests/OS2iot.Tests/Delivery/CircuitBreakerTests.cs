using Microsoft.Extensions.Time.Testing;
using OS2iot.Workers.Delivery;

namespace OS2iot.Tests.Delivery;

public sealed class CircuitBreakerTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void TryEnter_AfterFiveFailuresInARow_IsRefused()
    {
        var circuit = Failing(times: 4);
        Assert.True(circuit.TryEnter());
        circuit.Report(working: false);

        Assert.False(circuit.TryEnter());
        Assert.Equal(0, circuit.Room(16));
    }

    [Fact]
    public void TryEnter_AfterASuccess_StartsCountingAnew()
    {
        var circuit = Failing(times: 4);
        circuit.Report(working: true);
        circuit.Report(working: false);

        Assert.True(circuit.TryEnter());
        Assert.Equal(16, circuit.Room(16));
    }

    [Fact]
    public void TryEnter_WhenThePauseIsOver_LetsOneThroughAtATime()
    {
        var circuit = Failing(times: 5);
        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(1, circuit.Room(16));
        Assert.True(circuit.TryEnter());
        Assert.False(circuit.TryEnter());

        circuit.Report(working: true);
        Assert.True(circuit.TryEnter());
        Assert.True(circuit.TryEnter());
    }

    [Fact]
    public void TryEnter_WhenTheOneThatWasLetThroughFails_WaitsTwiceAsLong()
    {
        var circuit = Failing(times: 5);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(circuit.TryEnter());
        circuit.Report(working: false);

        _clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(circuit.TryEnter());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(circuit.TryEnter());
    }

    [Fact]
    public void Report_WhenManyTriesFailAtOnce_DoesNotLengthenThePauseForEach()
    {
        var circuit = Failing(times: 100);
        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.True(circuit.TryEnter());
    }

    [Fact]
    public void Withdraw_WhenTheOneLetThroughWasNotUsed_LetsAnotherThrough()
    {
        var circuit = Failing(times: 5);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(circuit.TryEnter());
        circuit.Withdraw();

        Assert.True(circuit.TryEnter());
    }

    private CircuitBreaker Failing(int times)
    {
        var circuit = new CircuitBreaker(new DeliveryOptions(), _clock);
        for (var i = 0; i < times; i++)
        {
            circuit.Report(working: false);
        }

        return circuit;
    }
}

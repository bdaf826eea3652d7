using OS2iot.Core.DataTargets;
using OS2iot.Workers.Delivery;

namespace OS2iot.Tests.Delivery;

public sealed class DeliveryScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private static readonly DeliveryResult Failed = new(DeliveryOutcome.RetryLater, 500, "The target answered 500.");

    [Theory]
    [InlineData(1, "00:00:05")]
    [InlineData(2, "00:05:00")]
    [InlineData(3, "00:30:00")]
    [InlineData(4, "02:00:00")]
    [InlineData(9, "1.00:00:00")]
    public void NextAttempt_AfterAFailure_IsTheScheduledWaitAndAtMostAFifthMore(int attempts, string wait)
    {
        var expected = TimeSpan.Parse(wait, System.Globalization.CultureInfo.InvariantCulture);

        var next = DeliverySchedule.NextAttempt(attempts, Failed, Now);

        Assert.InRange(next!.Value, Now + expected, Now + (expected * 1.2));
    }

    [Fact]
    public void NextAttempt_AfterTheTenthTry_IsNever() => Assert.Null(DeliverySchedule.NextAttempt(10, Failed, Now));

    [Fact]
    public void NextAttempt_OfAllTries_SpreadsOverThreeDays()
    {
        var at = Now;
        for (var attempts = 1; DeliverySchedule.NextAttempt(attempts, Failed, at) is { } next; attempts++)
        {
            at = next;
        }

        Assert.InRange(at - Now, TimeSpan.FromHours(72), TimeSpan.FromHours(92));
    }

    [Fact]
    public void NextAttempt_WhenTheTargetAskedForALaterTime_IsThatTime()
    {
        var asked = Now.AddMinutes(10);

        Assert.Equal(asked, DeliverySchedule.NextAttempt(1, Failed with { NotBefore = asked }, Now));
    }

    [Fact]
    public void NextAttempt_WhenTheTargetAskedForAnEarlierTime_KeepsTheSchedule()
    {
        var next = DeliverySchedule.NextAttempt(2, Failed with { NotBefore = Now.AddSeconds(1) }, Now);

        Assert.True(next >= Now.AddMinutes(5));
    }

    [Fact]
    public void NextAttempt_WhenTheTargetAskedForNextYear_IsADayAtMost()
    {
        var next = DeliverySchedule.NextAttempt(1, Failed with { NotBefore = Now.AddDays(365) }, Now);

        Assert.Equal(Now.AddDays(1), next);
    }
}

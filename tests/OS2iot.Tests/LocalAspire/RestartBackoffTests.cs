using Aspire.Hosting.Engine;

namespace OS2iot.Tests.LocalAspire;

public sealed class RestartBackoffTests
{
    [Fact]
    public void After_WhenTheProcessEndsAtOnceEachTime_DoublesUpToHalfAMinute()
    {
        var backoff = new RestartBackoff();

        var waits = Enumerable.Range(0, 7).Select(_ => backoff.After(TimeSpan.Zero).TotalSeconds);

        Assert.Equal([1, 2, 4, 8, 16, 30, 30], waits);
    }

    [Fact]
    public void After_WhenTheProcessRanSoundly_BeginsAnew()
    {
        var backoff = new RestartBackoff();
        backoff.After(TimeSpan.Zero);
        backoff.After(TimeSpan.Zero);

        Assert.Equal(1, backoff.After(RestartBackoff.SoundAfter).TotalSeconds);
        Assert.Equal(2, backoff.After(TimeSpan.Zero).TotalSeconds);
    }
}

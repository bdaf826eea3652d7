using System.ComponentModel.DataAnnotations;

namespace OS2iot.Workers.Delivery;

/// <summary>How messages are delivered to data targets.</summary>
internal sealed class DeliveryOptions
{
    public const string Section = "Delivery";

    /// <summary>Tries under way at one target at once, in one process.</summary>
    [Range(1, 1000)]
    public int ConcurrencyPerTarget { get; set; } = 16;

    /// <summary>
    /// How long the messages just decoded wait for their targets. What a target has not taken by then is put in the table, and the
    /// others go on.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:05")]
    public TimeSpan FirstTryBudget { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>After this a try has failed, whatever its sender does.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan TryTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Who took a delivery from the table and went silent loses it after this time. Longer than a try with its wait.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often the table is asked for what is due, when nothing wakes us earlier.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A delivery this old becomes a dead letter even if its target was never up to be tried.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "30.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(76);

    /// <summary>The waits after the first, second … try, in place of the usual ones, which take three days.</summary>
    public TimeSpan[]? Waits { get; set; }

    /// <summary>How long a target that failed several times in a row is left alone; twice as long after each further failure.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan FirstPause { get; set; } = TimeSpan.FromSeconds(5);

    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>A target that only failed for so long is switched off.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan SwitchOffAfter { get; set; } = TimeSpan.FromDays(3);

    /// <summary>Its owner is told before that, when it only failed for so long.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "30.00:00:00")]
    public TimeSpan WarnAfter { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How often it is written down how targets fare.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan HealthInterval { get; set; } = TimeSpan.FromSeconds(10);
}

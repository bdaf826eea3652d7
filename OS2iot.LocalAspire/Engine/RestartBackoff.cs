namespace Aspire.Hosting.Engine;

/// <summary>How long to wait before a process that ended by itself is started again.</summary>
internal sealed class RestartBackoff
{
    public static readonly TimeSpan SoundAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private TimeSpan _next = First;

    public TimeSpan After(TimeSpan ranFor)
    {
        var wait = ranFor >= SoundAfter ? First : _next;
        _next = wait * 2 < Longest ? wait * 2 : Longest;
        return wait;
    }
}

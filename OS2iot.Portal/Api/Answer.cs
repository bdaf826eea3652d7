namespace OS2iot.Portal.Api;

/// <summary>What the Api says to a change: the changed thing, or what is wrong with it.</summary>
internal sealed record Answer<T>(T? Value, IReadOnlyList<Problem> Problems)
    where T : class
{
    public bool Succeeded => Problems.Count == 0;
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Property">The member it is about, as the wire names it; null when it is about the whole.</param>
/// <param name="Rule">The broken rule, such as maxLength; null where the Api sent a code.</param>
/// <param name="Message">A code such as MESSAGE.ID-DOES-NOT-EXIST, or the rule's text in English.</param>
internal sealed record Problem(string? Property, string? Rule, string Message);

/// <summary>One page of a list.</summary>
/// <param name="Data">The page.</param>
/// <param name="Count">How many there are in all.</param>
internal sealed record ListAnswer<T>(IReadOnlyList<T> Data, int Count);

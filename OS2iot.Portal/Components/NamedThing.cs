namespace OS2iot.Portal.Components;

/// <summary>Something to choose or to link to.</summary>
internal sealed record NamedThing(int Id, string Name);

/// <summary>A list of boxes to tick.</summary>
/// <param name="Field">The form's name of the choice.</param>
/// <param name="All">What there is to choose.</param>
/// <param name="Chosen">What is chosen.</param>
internal sealed record Choices(string Field, IReadOnlyList<NamedThing> All, IReadOnlyCollection<int> Chosen);

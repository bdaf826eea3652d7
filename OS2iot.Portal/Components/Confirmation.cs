namespace OS2iot.Portal.Components;

/// <summary>The question before something is deleted.</summary>
/// <param name="Name">What is deleted.</param>
/// <param name="Consequence">What else goes.</param>
/// <param name="Back">Where Cancel leads.</param>
internal sealed record Confirmation(string Name, string Consequence, string Back);

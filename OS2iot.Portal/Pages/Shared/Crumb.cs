namespace OS2iot.Portal.Pages.Shared;

/// <summary>One step on the way to a page.</summary>
internal sealed record Crumb(string Name, string Address);

namespace OS2iot.Portal.Components;

/// <summary>What a list says that has nothing yet: what belongs here, and how to begin.</summary>
internal sealed record EmptyState(string Icon, string Title, string Text, string? Link = null, string? Action = null);

namespace OS2iot.Core.DataTargets.OpenDataDk;

/// <summary>A target that the public fetches from has nothing to fill in but its dataset.</summary>
public sealed class OpenDataDkSettings;

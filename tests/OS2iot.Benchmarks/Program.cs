using OS2iot.Benchmarks;

if (args is ["bare-kestrel", var port])
{
    await BareKestrel.RunAsync(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}

return await Suite.RunAsync(SuiteOptions.Parse(args));

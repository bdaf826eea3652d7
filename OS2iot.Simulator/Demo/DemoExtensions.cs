namespace OS2iot.Simulator.Demo;

internal static class DemoExtensions
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    public static WebApplicationBuilder AddDemo(this WebApplicationBuilder builder)
    {
        builder.Services.AddHttpClient(DemoApi.Name, http =>
        {
            http.BaseAddress = new Uri("http://api");
            http.Timeout = Timeout;
        });
        builder.Services.AddHttpClient(DemoDevices.Ingest, http =>
        {
            http.BaseAddress = new Uri("http://ingest");
            http.Timeout = Timeout;
        });
        builder.Services.AddSingleton<DemoSeeder>();
        builder.Services.AddSingleton<DemoMqtt>();
        builder.Services.AddHostedService<DemoDevices>();
        return builder;
    }
}

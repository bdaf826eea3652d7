using OS2iot.ServiceDefaults;
using OS2iot.Simulator;
using OS2iot.Simulator.Brokers;
using OS2iot.Simulator.ChirpStack;
using OS2iot.Simulator.ContextBroker;
using OS2iot.Simulator.Demo;
using OS2iot.Simulator.IdentityProvider;
using OS2iot.Simulator.Sigfox;
using OS2iot.Simulator.Sinks;
using OS2iot.Simulator.Tokens;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddSimulator();
builder.AddSinks();
builder.AddTokens();
builder.AddContextBroker();
builder.AddSigfoxCloud();
builder.AddIdentityProvider();
builder.AddPlayedChirpStack();
builder.AddOutsideBroker();
builder.AddDemo();
builder.Services.AddHostedService<DemoLoRaWan>();
builder.Services.AddHostedService<DemoSigfox>();

var app = builder.Build();

app.MapDefaultEndpoints();
app.MapSinks();
app.MapTokens();
app.MapContextBroker();
app.MapSigfoxCloud();
app.MapIdentityProvider();
app.MapPlayedChirpStack();
app.Run();

using OS2iot.ServiceDefaults;
using OS2iot.Simulator;
using OS2iot.Simulator.ChirpStack;
using OS2iot.Simulator.Demo;
using OS2iot.Simulator.Sigfox;
using OS2iot.Simulator.Sinks;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddSimulator();
builder.AddSinks();
builder.AddSigfoxCloud();
builder.AddPlayedChirpStack();
builder.AddDemo();

var app = builder.Build();

app.MapDefaultEndpoints();
app.MapSinks();
app.MapSigfoxCloud();
app.MapPlayedChirpStack();
app.Run();

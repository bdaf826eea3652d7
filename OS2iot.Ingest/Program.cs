using OS2iot.Core.Database;
using OS2iot.Core.Messaging;
using OS2iot.Core.Secrets;
using OS2iot.Ingest.ChirpStack;
using OS2iot.Ingest.Devices;
using OS2iot.Ingest.GenericHttp;
using OS2iot.Ingest.Limits;
using OS2iot.Ingest.MqttExternalBroker;
using OS2iot.Ingest.MqttInternalBroker;
using OS2iot.Ingest.Sigfox;
using OS2iot.ServiceDefaults;

SocketCompletions.PreferInline();

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddDatabase();
builder.AddSecrets();
builder.AddMessaging();
builder.AddDeviceDirectory();
builder.AddLimits();
builder.AddGenericHttp();
builder.AddSigfoxCallbacks();
builder.AddChirpStackListener();
builder.AddMqttInternalBroker();
builder.AddMqttExternalBroker();

var app = builder.Build();

app.UseRequestDecompression();
app.MapDefaultEndpoints();
app.MapGenericHttp();
app.MapSigfoxCallbacks();
app.Run();

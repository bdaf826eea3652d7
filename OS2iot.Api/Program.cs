using OS2iot.Api.Audit;
using OS2iot.Api.Auth;
using OS2iot.Api.Deliveries;
using OS2iot.Api.Devices;
using OS2iot.Api.Documents;
using OS2iot.Api.Http;
using OS2iot.Api.Kombit;
using OS2iot.Api.Messages;
using OS2iot.Api.OpenDataDk;
using OS2iot.Api.Users;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Mail;
using OS2iot.Core.MqttDevices;
using OS2iot.Core.PayloadDecoders;
using OS2iot.Core.Secrets;
using OS2iot.Core.Sigfox;
using OS2iot.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddDatabase();
builder.AddSecrets();
builder.AddPayloadDecoders();
builder.AddDataTargets();
builder.AddSigfox();
builder.AddChirpStack();
builder.AddMqttDevices();
builder.AddAuth();
builder.AddKombit();
builder.AddMail();
builder.AddUsers();
builder.AddAudit();
builder.AddDevices();
builder.AddMessages();
builder.AddDeliveries();
builder.AddOpenDataDk();
builder.AddApiConventions();
builder.AddApiDocument();
builder.AddEndpointsOf<Program>();

var app = builder.Build();

app.MapDefaultEndpoints();
app.MapApi();
app.MapApiDocument();
app.Run();

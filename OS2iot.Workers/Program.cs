using OS2iot.Core.ChirpStack;
using OS2iot.Core.Database;
using OS2iot.Core.DataTargets;
using OS2iot.Core.Mail;
using OS2iot.Core.Messaging;
using OS2iot.Core.Organizations;
using OS2iot.Core.PayloadDecoders;
using OS2iot.Core.Secrets;
using OS2iot.ServiceDefaults;
using OS2iot.Workers.Audit;
using OS2iot.Workers.Database;
using OS2iot.Workers.Decoding;
using OS2iot.Workers.Delivery;
using OS2iot.Workers.Duplicates;
using OS2iot.Workers.LiveView;
using OS2iot.Workers.MqttDevices;
using OS2iot.Workers.NetworkEvents;
using OS2iot.Workers.Routing;
using OS2iot.Workers.Sigfox;
using OS2iot.Workers.Storing;
using OS2iot.Workers.Sync;

SocketCompletions.PreferInline();

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddDatabase();
builder.AddSecrets();

if (MigrateExtensions.IsMigrate(args))
{
    builder.AddFirstAdministrator();
    return await builder.Build().MigrateAsync();
}

builder.AddMessaging();
builder.AddPayloadDecoders(keepReady: true);
builder.AddDataTargets();
builder.AddChirpStack();
builder.AddRouting();
builder.AddLiveView();
builder.AddDuplicates();
builder.AddDecoding();
builder.AddStoring();
builder.AddNetworkEvents();
builder.AddMail();
builder.AddDelivery();
builder.AddAudit();
builder.AddMosquitto();
builder.AddSigfoxWork();
builder.AddSync();

var app = builder.Build();

app.MapDefaultEndpoints();
app.Run();
return 0;

using OS2iot.Portal.Api;
using OS2iot.Portal.Auth;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;
using OS2iot.Portal.Pages;
using OS2iot.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddApi();
builder.AddSignIn();
builder.AddLanguages();
builder.AddFrame();
builder.AddPages();

var app = builder.Build();

app.UseFrame();
app.MapDefaultEndpoints();
app.MapPages();
app.Run();

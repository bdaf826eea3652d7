using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Razor;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace OS2iot.Portal.Components;

/// <summary>Renders a partial view outside of a page.</summary>
internal sealed class PartialRenderer(IRazorViewEngine views, ITempDataDictionaryFactory tempData)
{
    public async Task<string> RenderAsync<T>(HttpContext http, string path, T model)
    {
        var found = views.GetView(executingFilePath: null, path, isMainPage: false);
        var view = found.View ?? throw new InvalidOperationException($"There is no view {path}.");
        var action = new ActionContext(http, http.GetRouteData(), new ActionDescriptor());
        var data = new ViewDataDictionary<T>(new EmptyModelMetadataProvider(), new ModelStateDictionary()) { Model = model };
        await using var html = new StringWriter();
        await view.RenderAsync(new ViewContext(action, view, data, tempData.GetTempData(http), html, new HtmlHelperOptions()));
        return html.ToString();
    }
}

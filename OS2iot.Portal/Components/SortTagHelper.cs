using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using OS2iot.Portal.Api;

namespace OS2iot.Portal.Components;

/// <summary><c>&lt;th sort-by="name" list="…"&gt;</c>: a heading by which the server sorts; the order stands in the address.</summary>
[HtmlTargetElement("th", Attributes = "sort-by,list")]
public sealed class SortTagHelper : TagHelper
{
    public string SortBy { get; set; } = "";

    public ListState List { get; set; } = null!;

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        var isSorted = List.OrderOn == SortBy;
        var link = new TagBuilder("a");
        link.AddCssClass("sort");
        link.Attributes["href"] = ListLinks.To(ViewContext.HttpContext.Request, page: 1, SortBy, isSorted && !List.Descending);
        link.InnerHtml.AppendHtml(content.GetContent());
        link.InnerHtml.AppendHtml(isSorted ? (List.Descending ? " <span aria-hidden=\"true\">↓</span>" : " <span aria-hidden=\"true\">↑</span>") : "");
        output.Attributes.SetAttribute("scope", "col");
        if (isSorted)
        {
            output.Attributes.SetAttribute("aria-sort", List.Descending ? "descending" : "ascending");
        }

        output.Content.SetHtmlContent(link);
    }
}

/// <summary>Addresses of the same list elsewhere.</summary>
internal static class ListLinks
{
    public static string To(HttpRequest request, int page, string sort, bool descending)
    {
        var query = QueryString.Empty;
        foreach (var (name, value) in request.Query.Where(q => q.Key is not ("page" or "sort" or "desc")))
        {
            query = query.Add(name, value.ToString());
        }

        query = query.Add("sort", sort);
        query = descending ? query.Add("desc", "true") : query;
        query = page > 1 ? query.Add("page", FormattableString.Invariant($"{page}")) : query;
        return request.PathBase + request.Path + query;
    }
}

using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using OS2iot.Portal.Api;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Components;

/// <summary>A column that a user may hide.</summary>
internal sealed record ListColumn(string Key, Text Label, bool IsDefault = true);

/// <summary>The columns of a list, and which of them this browser wants to see.</summary>
internal sealed partial class ListColumns
{
    /// <summary>The name in a page's ViewData.</summary>
    public const string Key = "Columns";

    private const int Most = 30;

    private readonly HashSet<string> _shown;

    private ListColumns(string list, IReadOnlyList<ListColumn> all, HashSet<string> shown)
    {
        List = list;
        All = all;
        _shown = shown;
    }

    public string List { get; }

    public IReadOnlyList<ListColumn> All { get; }

    public static ListColumns Of(HttpContext http, string list, params ListColumn[] all)
    {
        var chosen = http.Request.Cookies[CookieOf(list)]?.Split('.');
        return new ListColumns(list, all, [.. chosen ?? all.Where(c => c.IsDefault).Select(c => c.Key)]);
    }

    public bool Shows(string key) => _shown.Contains(key);

    /// <summary>Remembers a choice; what is no list or no column is passed over.</summary>
    public static void Remember(HttpContext http, string list, IEnumerable<string> columns)
    {
        if (Word().IsMatch(list))
        {
            http.Response.Cookies.Append(
                CookieOf(list), string.Join('.', columns.Where(c => Word().IsMatch(c)).Take(Most)), Frame.Preferences.CookieOptions(http));
        }
    }

    private static string CookieOf(string list) => "os2iot.columns." + list;

    [GeneratedRegex(@"^[A-Za-z][A-Za-z-]{0,29}\z")]
    private static partial Regex Word();
}

/// <summary>What stands above a list: its filter and the choice of columns.</summary>
internal sealed record ListBar(ListState List, Text Label, ListColumns? Columns = null);

/// <summary><c>&lt;td col="owner"&gt;</c>: a cell of a column that may be hidden.</summary>
[HtmlTargetElement("th", Attributes = "col")]
[HtmlTargetElement("td", Attributes = "col")]
public sealed class ColumnTagHelper : TagHelper
{
    public string Col { get; set; } = "";

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    // After the one that sorts.
    public override int Order => 1000;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (ViewContext.ViewData[ListColumns.Key] is ListColumns columns && !columns.Shows(Col))
        {
            output.SuppressOutput();
        }
    }
}

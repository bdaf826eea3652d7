using Microsoft.AspNetCore.Razor.TagHelpers;
using OS2iot.Portal.Frame;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Components;

/// <summary><c>&lt;when at="…" /&gt;</c>: how long ago, and exactly when to those who ask. Script keeps it current.</summary>
[HtmlTargetElement("when", TagStructure = TagStructure.WithoutEndTag)]
public sealed class WhenTagHelper(IServiceProvider services) : TagHelper
{
    public DateTimeOffset? At { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagMode = TagMode.StartTagAndEndTag;
        if (At is not { } at)
        {
            output.TagName = "span";
            output.Attributes.SetAttribute("class", "text-body-secondary");
            output.Content.SetContent(Words.NeverSeen);
            return;
        }

        var clock = services.GetRequiredService<Clock>();
        output.TagName = "time";
        output.Attributes.SetAttribute("datetime", at.UtcDateTime.ToString("o"));
        output.Attributes.SetAttribute("title", clock.Exact(at));
        output.Attributes.SetAttribute("data-relative", "");
        output.Content.SetContent(clock.Relative(at));
    }
}

using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using OS2iot.Portal.Language;

namespace OS2iot.Portal.Components;

/// <summary>
/// <c>&lt;field for="Form.Name" label="…" hint="…" required max="50" /&gt;</c>: label, control, hint and what is wrong with it, tied
/// together for those who don't see them side by side.
/// </summary>
[HtmlTargetElement("field", TagStructure = TagStructure.WithoutEndTag)]
public sealed class FieldTagHelper : TagHelper
{
    public ModelExpression For { get; set; } = null!;

    public string Label { get; set; } = "";

    public string? Hint { get; set; }

    /// <summary>An input's type, or textarea, code, checkbox.</summary>
    public string Type { get; set; } = "text";

    public bool Required { get; set; }

    /// <summary>Needed or not by what is chosen elsewhere in the form: neither marked nor demanded.</summary>
    public bool Conditional { get; set; }

    public int? Max { get; set; }

    public int Rows { get; set; } = 3;

    public string? Autocomplete { get; set; }

    public bool Autofocus { get; set; }

    /// <summary>Makes it a drop-down list.</summary>
    public IEnumerable<SelectListItem>? Options { get; set; }

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext ViewContext { get; set; } = null!;

    private string Name => ViewContext.ViewData.TemplateInfo.GetFullHtmlFieldName(For.Name);

    private string Id => TagBuilder.CreateSanitizedId(Name, "-");

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        ViewContext.ModelState.TryGetValue(Name, out var state);
        var errors = state?.Errors.Select(e => e.ErrorMessage).Where(e => e.Length > 0).ToList() ?? [];
        var value = Type == "password" ? null : state?.AttemptedValue ?? (For.Model as IFormattable)?.ToString(null, null) ?? For.Model?.ToString();
        var control = Options is not null ? Select(value) : Type switch
        {
            "textarea" or "code" => TextArea(value),
            "checkbox" => CheckBox(),
            _ => Input(value),
        };
        Describe(control, errors.Count > 0);

        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", $"{(Type == "checkbox" ? "form-check" : "field")} {output.Attributes["class"]?.Value}".TrimEnd());
        if (Type == "checkbox")
        {
            output.Content.AppendHtml(control).AppendHtml(LabelOf("form-check-label"));
        }
        else
        {
            output.Content.AppendHtml(LabelOf("form-label")).AppendHtml(control);
        }

        AppendNotes(output.Content, errors);
    }

    private TagBuilder Input(string? value)
    {
        var input = new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing };
        input.AddCssClass("form-control");
        input.Attributes["type"] = Type;
        input.Attributes["value"] = value;
        return input;
    }

    private TagBuilder TextArea(string? value)
    {
        var area = new TagBuilder("textarea");
        area.AddCssClass("form-control");
        area.Attributes["rows"] = Rows.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (Type == "code")
        {
            area.AddCssClass("code");
            area.Attributes["spellcheck"] = "false";
            area.Attributes["autocapitalize"] = "off";
        }

        // Browsers drop the first line break of a text area.
        area.InnerHtml.AppendHtml("\n").Append(value ?? "");
        return area;
    }

    private TagBuilder CheckBox()
    {
        var box = new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing };
        box.AddCssClass("form-check-input");
        box.Attributes["type"] = "checkbox";
        box.Attributes["value"] = "true";
        if (For.Model is true)
        {
            box.Attributes["checked"] = "checked";
        }

        return box;
    }

    private TagBuilder Select(string? value)
    {
        var select = new TagBuilder("select");
        select.AddCssClass("form-select");
        foreach (var item in Options!)
        {
            var option = new TagBuilder("option");
            option.Attributes["value"] = item.Value;
            if (item.Value == (value ?? ""))
            {
                option.Attributes["selected"] = "selected";
            }

            option.InnerHtml.Append(item.Text);
            select.InnerHtml.AppendHtml(option);
        }

        return select;
    }

    private void Describe(TagBuilder control, bool isWrong)
    {
        control.Attributes["id"] = Id;
        control.Attributes["name"] = Name;
        SetIf(control, Required, "required", "required");
        SetIf(control, Max is not null, "maxlength", FormattableString.Invariant($"{Max}"));
        SetIf(control, Autocomplete is not null, "autocomplete", Autocomplete);
        SetIf(control, Autofocus, "autofocus", "autofocus");
        SetIf(control, isWrong, "aria-invalid", "true");
        var notes = string.Join(' ', new[] { Hint is null ? null : Id + "-hint", isWrong ? Id + "-error" : null }.OfType<string>());
        SetIf(control, notes.Length > 0, "aria-describedby", notes);
        if (isWrong)
        {
            control.AddCssClass("is-invalid");
        }
    }

    private static void SetIf(TagBuilder control, bool condition, string name, string? value)
    {
        if (condition)
        {
            control.Attributes[name] = value;
        }
    }

    private TagBuilder LabelOf(string cssClass)
    {
        var label = new TagBuilder("label");
        label.AddCssClass(cssClass);
        label.Attributes["for"] = Id;
        label.InnerHtml.Append(Label);
        if (!Required && !Conditional && Type != "checkbox" && Options is null)
        {
            label.InnerHtml.AppendHtml(" ").AppendHtml(Note("span", "optional", Words.Optional));
        }

        return label;
    }

    private void AppendNotes(TagHelperContent content, List<string> errors)
    {
        if (Hint is not null)
        {
            var hint = Note("div", "form-text", Hint);
            hint.Attributes["id"] = Id + "-hint";
            content.AppendHtml(hint);
        }

        if (errors.Count > 0)
        {
            var error = new TagBuilder("div");
            error.AddCssClass("field-error");
            error.Attributes["id"] = Id + "-error";
            foreach (var text in errors)
            {
                error.InnerHtml.AppendHtml(Note("div", "", text));
            }

            content.AppendHtml(error);
        }
    }

    private static TagBuilder Note(string tag, string cssClass, string text)
    {
        var note = new TagBuilder(tag);
        if (cssClass.Length > 0)
        {
            note.AddCssClass(cssClass);
        }

        note.InnerHtml.Append(text);
        return note;
    }
}

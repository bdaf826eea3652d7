using Microsoft.AspNetCore.Mvc.ModelBinding;
using OS2iot.Portal.Api;
using OS2iot.Portal.Components;

namespace OS2iot.Portal.Pages.DataTargets;

internal static class DataTargetProblems
{
    /// <summary>Settings stand under names of their own in the form.</summary>
    public static void AddTo(ModelStateDictionary state, IReadOnlyList<Problem> problems, string type)
    {
        var settings = SettingField.Of(type).Select(f => f.Name).ToList();
        foreach (var group in problems.Where(p => p.Property is not null && settings.Contains(p.Property)).GroupBy(p => p.Property))
        {
            state.AddModelError($"Form.Settings[{group.Key}]", ProblemTexts.Of(group.Last()));
        }

        ProblemTexts.AddTo(state, problems.Where(p => p.Property is null || !settings.Contains(p.Property)), "Form", ["name"]);
    }
}

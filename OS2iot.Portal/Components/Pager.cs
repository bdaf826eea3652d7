using OS2iot.Portal.Api;

namespace OS2iot.Portal.Components;

/// <summary>What stands under a list.</summary>
internal sealed record Pager(ListState List, int Count)
{
    public int From => Count == 0 ? 0 : ((List.Page - 1) * List.PageSize) + 1;

    public int To => Math.Min(List.Page * List.PageSize, Count);

    public bool HasPrevious => List.Page > 1;

    public bool HasNext => To < Count;

    public string Link(HttpRequest request, int step) => ListLinks.To(request, List.Page + step, List.OrderOn, List.Descending);
}

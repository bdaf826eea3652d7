namespace OS2iot.Api.Http;

/// <summary>What a list can be ordered by, where no <see cref="SortOrders{T}"/> says it.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OrdersOnAttribute(params string[] names) : Attribute, ISortOrders
{
    public IEnumerable<string> Names { get; } = names;
}

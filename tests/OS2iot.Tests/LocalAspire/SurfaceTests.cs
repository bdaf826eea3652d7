using System.Reflection;
using Aspire.Hosting;
using OS2iot.AppHost.LocalProcess;

namespace OS2iot.Tests.LocalAspire;

/// <summary>
/// The stand-in for Aspire.Hosting has no member of its own: whatever compiles against it compiles against the genuine one.
/// The list holds the lines we need of the public members of Aspire.Hosting 13.5, as reflection sees them.
/// </summary>
public sealed class SurfaceTests
{
    private const string ListName = "LocalAspire/aspire-13.5-surface.txt";

    /// <summary>Ours, and compiled into the AppHost itself where the genuine packages are used.</summary>
    private static readonly Type[] NotOfAspire = [typeof(LocalProcessAnnotation)];

    [Fact]
    public void PublicMembers_AllStandInTheGenuineList()
    {
        var genuine = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, ListName)).ToHashSet();

        var strays = Lines().Where(line => !genuine.Contains(line)).ToList();

        Assert.True(strays.Count == 0, $"Make these internal, or give them the genuine signature:\n{string.Join('\n', strays)}");
    }

    [Fact]
    public void GenuineList_HoldsOnlyWhatIsUsed()
    {
        var used = Lines().ToHashSet();

        var unused = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, ListName)).Where(line => !used.Contains(line)).ToList();

        Assert.True(unused.Count == 0, $"Take these out of {ListName}:\n{string.Join('\n', unused)}");
    }

    private static IEnumerable<string> Lines() => typeof(DistributedApplication).Assembly.GetTypes()
        .Where(type => type.IsVisible && !NotOfAspire.Contains(type))
        .SelectMany(type => Members(type).Select(member => $"{SimpleName(type)}: {member}").Prepend($"type {SimpleName(type)}"))
        .Distinct();

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Declared =
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

        return type.GetProperties(Declared).Select(property => $"{NameOf(property.PropertyType)} {property.Name}")
            .Concat(type.GetFields(Declared).Select(field => $"{NameOf(field.FieldType)} {field.Name}"))
            .Concat(type.GetMethods(Declared).Where(method => !method.IsSpecialName).Select(Describe));
    }

    private static string Describe(MethodInfo method)
    {
        var arity = method.IsGenericMethod ? FormattableString.Invariant($"<{method.GetGenericArguments().Length}>") : "";
        var parameters = method.GetParameters().Select(parameter => $"{NameOf(parameter.ParameterType)} {parameter.Name}");
        return $"{NameOf(method.ReturnType)} {method.Name}{arity}({string.Join(',', parameters)})";
    }

    private static string SimpleName(Type type) => type.Name.Split('`')[0];

    private static string NameOf(Type type)
    {
        if (type.IsByRef)
        {
            return $"{NameOf(type.GetElementType()!)}&";
        }

        if (type.IsArray)
        {
            return $"{NameOf(type.GetElementType()!)}[]";
        }

        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return $"{NameOf(value)}?";
        }

        var name = SimpleName(type);
        return type.IsGenericType
            ? $"{name}<{string.Join(',', type.GetGenericArguments().Select(NameOf))}>"
            : name;
    }
}

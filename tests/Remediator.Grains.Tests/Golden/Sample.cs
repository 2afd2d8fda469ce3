using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;

namespace Remediator.Grains.Tests.Golden;

/// <summary>Makes an instance of a stored type in which every member is set, down to the last.</summary>
internal static class Sample
{
    private static readonly DateTimeOffset Time = new(2026, 11, 24, 10, 3, 12, TimeSpan.Zero);

    /// <summary>Every enum that was met on the way.</summary>
    public static SortedSet<string> Enums(IEnumerable<Type> types)
    {
        var met = new HashSet<Type>();
        foreach (var type in types)
        {
            Of(type, "", met);
        }

        return [.. met.Select(e => $"{e.Name}: {string.Join(" ", Enum.GetNames(e))}")];
    }

    public static object Of(Type type) => Of(type, "", []);

    private static object Of(Type type, string name, HashSet<Type> enums) => type switch
    {
        _ when Nullable.GetUnderlyingType(type) is { } inner => Of(inner, name, enums),
        _ when type == typeof(string) => name.Length == 0 ? "text" : name,
        _ when type == typeof(bool) => true,
        _ when type == typeof(int) => 3,
        _ when type == typeof(long) => 7L,
        _ when type == typeof(double) => 0.5,
        _ when type == typeof(DateTimeOffset) => Time,
        _ when type == typeof(TimeSpan) => TimeSpan.FromMinutes(5),
        _ when type == typeof(JsonElement) => JsonSerializer.SerializeToElement(new { text = "text" }),
        { IsEnum: true } => Last(type, enums),
        _ when Element(type, typeof(IReadOnlyDictionary<,>)) is [_, var value] => Dictionary(type, value, enums),
        _ when Element(type, typeof(IImmutableSet<>)) is [_] => ImmutableSortedSet.Create(name),
        _ when Element(type, typeof(IReadOnlyList<>)) is [var item] => Sequence(type, item, name, enums),
        _ => Record(type, enums),
    };

    private static Type[]? Element(Type type, Type of) =>
        type.GetInterfaces().Append(type).FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == of)?.GetGenericArguments();

    private static object Last(Type type, HashSet<Type> enums)
    {
        enums.Add(type);
        return Enum.GetValues(type).Cast<object>().Last();
    }

    private static object Sequence(Type type, Type item, string name, HashSet<Type> enums)
    {
        var items = Array.CreateInstance(item, 1);
        items.SetValue(Of(item, name, enums), 0);
        return type.IsInterface ? items : Static(typeof(ImmutableList), nameof(ImmutableList.CreateRange), [item], items);
    }

    private static object Dictionary(Type type, Type value, HashSet<Type> enums)
    {
        var items = (System.Collections.IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), value))!;
        items.Add("key", Of(value, "value", enums));
        var factory = type.IsInterface
            ? null
            : type.Name.Contains("Sorted", StringComparison.Ordinal)
            ? typeof(ImmutableSortedDictionary)
            : typeof(ImmutableDictionary);
        return factory is null ? items : Static(factory, "CreateRange", [typeof(string), value], items);
    }

    private static object Static(Type factory, string method, Type[] arguments, object items) => factory.GetMethods()
        .Single(m => m.Name == method
            && m.GetParameters() is [{ ParameterType: { IsGenericType: true } p }]
            && p.GetGenericTypeDefinition() == typeof(IEnumerable<>)
            && m.GetGenericArguments().Length == arguments.Length)
        .MakeGenericMethod(arguments).Invoke(null, [items])!;

    private static object Record(Type type, HashSet<Type> enums)
    {
        var constructor = type.GetConstructors()
            .Where(c => c.GetParameters() is not [var only] || only.ParameterType != type)
            .MaxBy(c => c.GetParameters().Length)!;
        var made = constructor.Invoke([.. constructor.GetParameters().Select(p => Of(p.ParameterType, p.Name!, enums))]);
        var given = constructor.GetParameters().Select(p => p.Name).ToHashSet();
        var further = type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.CanWrite && p.GetIndexParameters().Length == 0 && !given.Contains(p.Name)).ToLookup(p => p.PropertyType == type);
        foreach (var property in further[false])
        {
            property.SetValue(made, Of(property.PropertyType, property.Name, enums));
        }

        // one of its own kind holds no third
        var alone = further[true].Any() ? type.GetMethod("<Clone>$")!.Invoke(made, null) : null;
        foreach (var property in further[true])
        {
            property.SetValue(made, alone);
        }

        return made;
    }
}

using System.Diagnostics.CodeAnalysis;
using Remediator.Core.Language;
using Remediator.Core.Resources;

namespace Remediator.Core.Pauses;

/// <summary>
/// What is paused. As text, <c>everything</c>, or a sort and a name: <c>namespace shop</c>, <c>resource deployment/shop/api</c>.
/// </summary>
/// <param name="Name">Empty for everything.</param>
public sealed record PauseScope(string Sort, string Name)
{
    public const string EverythingSort = "everything";

    private const int LongestName = 300;

    public static PauseScope Everything { get; } = new(EverythingSort, "");

    public static IReadOnlyList<string> Sorts { get; } = [EverythingSort, "cluster", "namespace", "resource", "playbook"];

    /// <summary>The one namespace that all it covers is in; empty where it covers more.</summary>
    public string Namespace => Sort switch
    {
        "namespace" => Name,
        "resource" when Name.Split('/') is [_, var space, _] => space,
        _ => "",
    };

    public override string ToString() => Name.Length == 0 ? Sort : $"{Sort} {Name}";

    public bool Covers(ResourceKey resource, string playbook) => Sort switch
    {
        EverythingSort => true,
        "cluster" => Name == resource.Cluster,
        "namespace" => Name == resource.Namespace,
        "resource" => Name == PathOf(resource),
        _ => Name == playbook,
    };

    /// <param name="fault">What is wrong with it, and what would be right.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out PauseScope? scope, [NotNullWhen(false)] out string? fault)
    {
        var parts = (text ?? "").Trim().Split(' ', 2, StringSplitOptions.TrimEntries);
        scope = new(parts[0], parts.Length > 1 ? parts[1] : "");
        fault = Fault(scope);
        scope = fault is null ? scope : null;
        return fault is null;
    }

    private static string? Fault(PauseScope scope)
    {
        if (!Sorts.Contains(scope.Sort))
        {
            return $"'{scope.Sort}' cannot be paused{Suggestion.For(scope.Sort, Sorts)}; write everything, cluster NAME, "
                + $"namespace NAME, resource KIND/NAMESPACE/NAME or playbook NAME.";
        }

        return scope switch
        {
            { Sort: EverythingSort, Name.Length: > 0 } => $"'everything' has no name, and '{scope.Name}' follows it.",
            { Sort: EverythingSort } => null,
            { Name.Length: 0 } => $"Which {scope.Sort}? Its name is missing.",
            { Name.Length: > LongestName } => $"The name of the {scope.Sort} is longer than {LongestName} characters.",
            _ when scope.Name.Any(char.IsControl) => $"The name of the {scope.Sort} has control characters.",
            { Sort: "resource" } when scope.Name.Split('/') is not (
                [{ Length: > 0 }, { Length: > 0 }] or [{ Length: > 0 }, { Length: > 0 }, { Length: > 0 }]) =>
                $"'{scope.Name}' is not a resource; write KIND/NAMESPACE/NAME, such as deployment/shop/api, or KIND/NAME, such as node/n1.",
            _ => null,
        };
    }

    private static string PathOf(ResourceKey resource) =>
        resource.Namespace.Length == 0 ? $"{resource.Kind}/{resource.Name}" : $"{resource.Kind}/{resource.Namespace}/{resource.Name}";
}

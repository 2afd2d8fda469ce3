using System.Diagnostics.CodeAnalysis;
using Remediator.Core.Language;

namespace Remediator.Core.Resources;

/// <summary>The stable identity of what can be repaired: <c>cluster/kind/namespace/name</c>, each part percent-escaped in text.</summary>
/// <param name="Cluster">Name of the cluster, from the setting <c>Cluster:Name</c>, else the kubeconfig's context.</param>
/// <param name="Kind">The real kind in lower case: <c>deployment</c>, <c>node</c>, <c>filesystem</c>, ...</param>
/// <param name="Namespace">Empty for what has no namespace.</param>
/// <param name="Name">Name within the namespace.</param>
public readonly record struct ResourceKey(string Cluster, string Kind, string Namespace, string Name)
{
    public override string ToString() =>
        string.Join(
            '/', Uri.EscapeDataString(Cluster), Uri.EscapeDataString(Kind), Uri.EscapeDataString(Namespace), Uri.EscapeDataString(Name));

    /// <summary>Length of a cluster's and of a namespace's name in the text of a key, by <see cref="ShortText.LengthOf"/>.</summary>
    public const int LongestPlace = 256;

    /// <summary>Names of Kubernetes have at most 253 characters; what alerts call a resource may be an address with a query.</summary>
    private const int LongestName = 1536;
    private const int LongestKind = 128;

    /// <summary>
    /// The key itself where every index can hold its text; else one whose long parts are shortened. What is called so is nothing that the
    /// cluster knows.
    /// </summary>
    public ResourceKey Bounded() => new(
        ShortText.Of(Cluster, LongestPlace),
        ShortText.Of(Kind, LongestKind),
        ShortText.Of(Namespace, LongestPlace),
        ShortText.Of(Name, LongestName));

    /// <summary>For people: <c>deployment shop/api</c>.</summary>
    public string Display => Namespace.Length == 0 ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";

    public static bool TryParse([NotNullWhen(true)] string? text, out ResourceKey key)
    {
        key = default;
        if (text?.Split('/') is not [var cluster, var kind, var space, var name] || kind.Length == 0 || name.Length == 0)
        {
            return false;
        }

        key =
            new(Uri.UnescapeDataString(cluster), Uri.UnescapeDataString(kind), Uri.UnescapeDataString(space), Uri.UnescapeDataString(name));
        return true;
    }

    public static ResourceKey Parse(string text) =>
        TryParse(text, out var key)
            ? key
            : throw new FormatException($"'{text}' is not a resource key; expected cluster/kind/namespace/name.");
}

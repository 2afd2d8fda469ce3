using System.Diagnostics.CodeAnalysis;

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

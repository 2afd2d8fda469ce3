namespace Remediator.Core.Facts;

/// <summary>Machines that a provider of facts knows by name, inside a cluster or outside of any.</summary>
public static class Hosts
{
    private static readonly IndexLabels ByName = new(["host"], []);
    private static readonly IndexLabels ByAddress = new(["address"], []);

    /// <param name="text">Name or address.</param>
    /// <returns>Null where none is known, or more than one.</returns>
    public static Fact? Find(FactView view, string text) => text.Length == 0 || view.Bucket("host") is not { } hosts
        ? null
        : One(hosts, ByName, text) ?? One(hosts, ByAddress, text);

    /// <summary>It is known, and is no node.</summary>
    public static bool IsOutside(FactView view, string name) =>
        Find(view, name) is { } host && host["host"] == name && host["node"].Length == 0;

    private static Fact? One(FactBucket hosts, IndexLabels by, string text) =>
        hosts.Index(by).Find(JoinKey.Of([text]), [], JoinKey.HashOf([])) is [var only] ? only : null;
}

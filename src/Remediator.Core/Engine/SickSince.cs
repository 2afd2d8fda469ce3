using Remediator.Core.Resources;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

internal static class SickSince
{
    /// <summary>
    /// A node that is not ready has its own time, which begins before any alert of it and is not ended by a change of its reason.
    /// </summary>
    /// <param name="decided">Since when the rules say the same; where the resource has no time of its own, that is what counts.</param>
    public static DateTimeOffset Of(World world, DateTimeOffset decided) =>
        world.Resource.Kind == ResourceKinds.Node
            && world.Scope.Named("node") is [var node, ..] && node["ready"] != "true" && node.Since < decided
            ? node.Since
            : decided;
}

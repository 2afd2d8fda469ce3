using System.Globalization;
using System.Text.RegularExpressions;
using Remediator.Core.Resources;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>What other tools leave on a node that they drain, reboot, repair or remove.</summary>
internal static partial class NodeMarks
{
    /// <summary>The taint that a cloud's controller puts on a node that is not ready and whose machine it knows to be shut down.</summary>
    public const string ShutDown = "node.cloudprovider.kubernetes.io/shutdown";

    public const string KuredLock = "weave.works/kured-node-lock";

    /// <summary>A lock without an end of its own holds for so long.</summary>
    private static readonly TimeSpan LongestReboot = TimeSpan.FromHours(1);

    /// <returns>The tool with its mark; empty where there is none.</returns>
    public static string TakenBy(Node node, IReadOnlySet<string> locked)
    {
        if (locked.Contains(node.Metadata.Name))
        {
            return $"kured (lock {KuredLock})";
        }

        return NodeOwners.Of(node.Spec.Taints.Select(t => t.Key), node.Metadata.Annotations.Concat(node.Metadata.Labels));
    }

    /// <summary>kured writes into an annotation of its DaemonSet which nodes it works on, one or several, and for how long.</summary>
    public static IReadOnlySet<string> LockedByKured(IEnumerable<Workload> daemonSets, DateTimeOffset now) =>
        daemonSets.Select(d => d.Metadata.Annotation(KuredLock))
            .SelectMany(l => Lock().Matches(l))
            .Where(l => !IsOver(l.Value, now))
            .Select(l => NodeId().Match(l.Value).Groups[1].Value)
            .ToHashSet(StringComparer.Ordinal);

    /// <summary>A node that does not come back from its reboot keeps its lock for ever: only it would release it.</summary>
    private static bool IsOver(string text, DateTimeOffset now)
    {
        if (!DateTimeOffset.TryParse(
            Created().Match(text).Groups[1].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created))
            return false;

        var given = long.TryParse(Ttl().Match(text).Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var nanoseconds)
            && nanoseconds > 0
            ? TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick)
            : LongestReboot;
        return now > created + given;
    }

    /// <summary>One lock, up to the next.</summary>
    [GeneratedRegex("\"nodeID\"(?:(?!\"nodeID\").)*", RegexOptions.Singleline)]
    private static partial Regex Lock();

    [GeneratedRegex("\"created\"\\s*:\\s*\"([^\"]+)\"")]
    private static partial Regex Created();

    [GeneratedRegex("\"TTL\"\\s*:\\s*(\\d+)")]
    private static partial Regex Ttl();

    [GeneratedRegex("\"nodeID\"\\s*:\\s*\"([^\"]+)\"")]
    private static partial Regex NodeId();
}

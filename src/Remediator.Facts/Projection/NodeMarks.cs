using System.Globalization;
using System.Text.RegularExpressions;
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

    /// <summary>Keys of taints; a prefix where they end with a slash.</summary>
    private static readonly (string Taint, string Tool)[] Taints =
    [
        ("karpenter.sh/disruption", "Karpenter"),
        ("karpenter.sh/disrupted", "Karpenter"),
        ("ToBeDeletedByClusterAutoscaler", "cluster-autoscaler"),
        ("DeletionCandidateOfClusterAutoscaler", "cluster-autoscaler"),
        ("medik8s.io/", "medik8s"),
        ("remediation.medik8s.io/", "medik8s"),
        ("node.cluster.x-k8s.io/", "Cluster API"),
        ("aws-node-termination-handler/", "aws-node-termination-handler"),
        // its volumes are being given to others: it must not come back before people have taken the taint away
        ("node.kubernetes.io/out-of-service", "somebody who declared it out of service"),
        ("cloud.google.com/impending-node-termination", "its cloud, which takes it away"),
        ("remediator.aks.microsoft.com/unschedulable", "AKS' auto-repair"),
    ];

    /// <summary>Annotations or labels. Those that Cluster API puts on every node of its own mean nothing.</summary>
    private static readonly (string Mark, string Tool)[] Marks =
    [
        ("weave.works/kured-reboot-in-progress", "kured"),
        ("remediation.medik8s.io/", "medik8s"),
        ("cluster.x-k8s.io/paused", "Cluster API"),
        ("cluster.x-k8s.io/skip-remediation", "Cluster API"),
        ("cluster.x-k8s.io/remediate-machine", "Cluster API"),
        ("cluster.x-k8s.io/delete-machine", "Cluster API"),
        ("karpenter.sh/do-not-disrupt", "somebody who told Karpenter not to disrupt it"),
    ];

    /// <returns>The tool with its mark; empty where there is none.</returns>
    public static string TakenBy(Node node, IReadOnlySet<string> locked)
    {
        if (locked.Contains(node.Metadata.Name))
        {
            return $"kured (lock {KuredLock})";
        }

        var taints =
            from taint in node.Spec.Taints from known in Taints where Is(taint.Key, known.Taint) select $"{known.Tool} (taint {taint.Key})";
        var keys = node.Metadata.Annotations.Concat(node.Metadata.Labels).Where(m => m.Value != "false").Select(m => m.Key);
        var marks = from key in keys from known in Marks where Is(key, known.Mark) select $"{known.Tool} (mark {key})";
        return taints.Concat(marks).FirstOrDefault() ?? "";
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

    private static bool Is(string key, string known) =>
        known.EndsWith('/') ? key.StartsWith(known, StringComparison.Ordinal) : key == known;

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

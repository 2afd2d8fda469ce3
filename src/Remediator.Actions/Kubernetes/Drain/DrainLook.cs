using System.Globalization;
using k8s.Models;
using Remediator.Actions.Kubernetes.Nodes;
using Remediator.Actions.Kubernetes.Pods;

namespace Remediator.Actions.Kubernetes.Drain;

/// <summary>What is still on a node that is drained, as one look sees it.</summary>
internal sealed record DrainLook
{
    private const int MostNamed = 5;

    /// <summary>A kubelet that is away for less may be back before it has seen that its pods were to go.</summary>
    private static readonly TimeSpan SilentAfter = TimeSpan.FromMinutes(5);

    private readonly IReadOnlyList<(V1Pod Pod, DrainFate Fate)> _pods;

    public DrainLook(IEnumerable<(V1Pod Pod, DrainFate Fate)> pods, bool kubeletIsSilent)
    {
        KubeletIsSilent = kubeletIsSilent;
        _pods = [.. pods.OrderBy(p => Name(p.Pod), StringComparer.Ordinal)];
    }

    /// <summary>Nobody is there to take its pods away: their deletion is all that can be had.</summary>
    public bool KubeletIsSilent { get; }

    /// <summary>Nobody has asked for their removal yet.</summary>
    public IReadOnlyList<V1Pod> ToEvict => [.. Of(DrainAct.Evict).Where(p => !p.IsTerminating())];

    /// <summary>Those that the system itself needs go when all others are gone.</summary>
    public IReadOnlyList<V1Pod> Next
    {
        get
        {
            var (critical, others) = (ToEvict.Where(DrainFate.IsCritical).ToList(), ToEvict.Where(p => !DrainFate.IsCritical(p)).ToList());
            return others.Count > 0 ? others : Ending.Any(p => !DrainFate.IsCritical(p)) ? [] : critical;
        }
    }

    public bool IsDone => ToEvict.Count == 0 && Ending.Count == 0 && Awaited.Count == 0 && Of(DrainAct.Refuse).Count == 0;

    /// <summary>They run on, and need what they have.</summary>
    public IEnumerable<V1Pod> Staying => Of(DrainAct.Leave).Where(p => !p.IsOver());

    /// <summary>All of it, to be judged by what it says of itself.</summary>
    public IEnumerable<V1Pod> All => _pods.Select(p => p.Pod);

    /// <summary>They must not be evicted, and why.</summary>
    public IReadOnlyList<string> Refused =>
        [.. _pods.Where(p => p.Fate.Act is DrainAct.Refuse).Select(p => $"{Name(p.Pod)} ({p.Fate.Why})")];

    /// <summary>Its kubelet can carry out no eviction: a pod's own grace period would only be waited for.</summary>
    public static bool IsSilent(V1Node node, DateTime now, double scale) =>
        node.Ready() is { Status: "Unknown", LastTransitionTime: { } since } && now - since >= SilentAfter * scale;

    public static string Name(V1Pod pod) => $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}";

    /// <summary>What would be done, in words.</summary>
    public string Plan()
    {
        var critical = ToEvict.Count(DrainFate.IsCritical);
        return $"evict {Pods(ToEvict.Count)}"
            + (critical > 0 ? string.Create(CultureInfo.InvariantCulture, $", the {critical} critical last") : "")
            + (Awaited.Count > 0 ? $", wait until {Named(Awaited)} ended" : "")
            + Stay();
    }

    /// <summary>What is still there, in words; without times, since each change of the text is journalled.</summary>
    /// <param name="refusals">Why the API server does not evict a pod now, by the pod's name.</param>
    public string Describe(IReadOnlyDictionary<string, string> refusals)
    {
        var waiting = ToEvict.Where(p => refusals.ContainsKey(Name(p)))
            .GroupBy(p => refusals[Name(p)]).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{Named([.. g])} may not be evicted now: {g.Key}").ToList();
        var unasked = ToEvict.Count(p => !refusals.ContainsKey(Name(p)));
        string[] parts =
        [
            .. unasked > 0 ? [$"{Pods(unasked)} to be evicted"] : Array.Empty<string>(),
            .. waiting,
            .. Ending.Count > 0 ? [$"{Pods(Ending.Count)} ending"] : Array.Empty<string>(),
            .. Awaited.Count > 0 ? [$"waiting for the end of {Named(Awaited)}"] : Array.Empty<string>(),
            .. Refused.Count > 0 ? [$"must not be evicted: {string.Join(", ", Refused.Take(MostNamed))}"] : Array.Empty<string>(),
        ];
        return parts.Length > 0 ? string.Join("; ", parts)
            : KubeletIsSilent && Of(DrainAct.Evict).Count is > 0 and var deleted
            ? $"all is evicted; the kubelet is silent, so it is not known whether {Pods(deleted)} still run{Stay()}"
            : $"all is evicted{Stay()}";
    }

    private string Stay()
    {
        var stay = _pods.Where(p => p.Fate.Act is DrainAct.Leave).GroupBy(p => p.Fate.Why).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => string.Create(CultureInfo.InvariantCulture, $"{g.Count()} {g.Key}")).ToList();
        return stay.Count > 0 ? $"; what stays: {string.Join(", ", stay)}" : "";
    }

    /// <summary>On their way; where the kubelet is silent, none is waited for.</summary>
    private IReadOnlyList<V1Pod> Ending => KubeletIsSilent ? [] : [.. Of(DrainAct.Evict).Where(p => p.IsTerminating())];

    private IReadOnlyList<V1Pod> Awaited => Of(DrainAct.AwaitEnd);

    private IReadOnlyList<V1Pod> Of(DrainAct act) => [.. _pods.Where(p => p.Fate.Act == act).Select(p => p.Pod)];

    private static string Pods(int count) =>
        count == 0 ? "no pod" : string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "pod" : "pods")}");

    private static string Named(IReadOnlyList<V1Pod> pods) =>
        string.Join(", ", pods.Take(MostNamed).Select(Name))
            + (pods.Count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $" and {pods.Count - MostNamed} more") : "");
}

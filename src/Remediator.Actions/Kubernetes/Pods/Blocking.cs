using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;
using Remediator.Actions.Masking;
using Remediator.Core.Facts;

namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>Why pods cannot be made or do not come to run, and the object that is in the way.</summary>
/// <param name="By"><c>quota</c>, <c>admission</c>, <c>scheduling</c>, <c>volume</c>, <c>network</c>, <c>init</c> or <c>ending</c>.</param>
/// <param name="Object">As kind/name where it has one.</param>
/// <param name="Sentence">In words, with the object.</param>
internal sealed record Blocking(string By, string Object, string Sentence)
{
    /// <summary>What others may wait for too, as the engine calls it; empty where it is this workload's alone.</summary>
    public string Shared { get; init; } = "";

    /// <summary>A controller that is refused tries again after 16 minutes at the latest.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(30);

    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
    private static readonly Regex Quota = new(@"exceeded quota: (?<name>[^,\s]+)", Options);
    private static readonly Regex Unlimited = new(@"failed quota: (?<name>[^:\s]+): must specify", Options);
    private static readonly Regex Webhook = new(@"admission webhook ""(?<name>[^""]+)"" denied", Options);
    private static readonly Regex Silent = new(@"failed calling webhook ""(?<name>[^""]+)"":? ?(?<why>.*)", Options);
    private static readonly Regex Policy = new(@"ValidatingAdmissionPolicy '(?<name>[^']+)'", Options);
    private static readonly Regex Priority = new(@"no PriorityClass with name (?<name>\S+) was found", Options);
    private static readonly Regex OfOnePod = new(@"^Error creating: (?:pods ""[^""]*"" is forbidden: )?", Options);
    private static readonly Regex Security = new(@"violates PodSecurity ""(?<name>[^""]+)""", Options);
    private static readonly Regex Account = new(@"serviceaccount ""(?<name>[^""]+)"" not found", Options);
    private static readonly Regex Claim =
        new(@"persistentvolumeclaim ""(?<name>[^""]+)""(?: (?<what>not found|is being deleted|bound to non-existent))?", Options);
    private static readonly Regex ClaimInTheWay =
        new(@"unbound immediate PersistentVolumeClaims|volume node affinity|PersistentVolume", Options);
    private static readonly Regex Lacking =
        new(@"Insufficient (?<name>[A-Za-z0-9/-]+(?:\.[A-Za-z0-9/-]+)*)|(?<name>Too many pods)", Options);
    private static readonly Regex Volume = new(@"[Vv]olume ""(?<name>[^""]+)""|unmounted volumes=\[(?<name>[^\]]+)\]", Options);

    /// <param name="events">Newest last.</param>
    /// <returns>Null where nothing is seen in the way.</returns>
    public static Blocking? Of(IReadOnlyList<V1Pod> pods, IReadOnlyList<Corev1Event> events, DateTime now)
    {
        var pending = pods.Where(p => p.Status?.Phase == "Pending").ToList();
        return pending.Select(Unscheduled).FirstOrDefault(b => b is not null)
            ?? pending.Select(p => NotMade(p, events)).FirstOrDefault(b => b is not null)
            ?? pending.Select(InInit).FirstOrDefault(b => b is not null)
            ?? events.Where(e => e.Reason == "FailedCreate" && now - ResourceEvents.At(e) < Recent)
                .Reverse()
                .Select(e => Refused(e.Message ?? ""))
                .FirstOrDefault();
    }

    /// <summary>A pod whose time to end is long over, where nothing else is in the way: its controller waits for it.</summary>
    public static Blocking? NotEnding(IReadOnlyList<Fact> pods) =>
        (from pod in pods
         where pod["terminating"] == "true"
         let overdue = Number(pod["overdue_minutes"])
         where overdue >= 10
         orderby overdue descending, pod["pod"]
         let node = pod["node"].Length > 0 ? $" on node {pod["node"]}" : ""
         select new Blocking(
             "ending", $"pod/{pod["pod"]}",
             $"pod {pod["pod"]}{node} should have ended {overdue} min ago, and none takes its place before it is gone: look at its "
                 + "finalizers, its volumes and the kubelet of its node")).FirstOrDefault();

    private static int Number(string minutes) =>
        int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>The object without its key; a key of an object without a name may be that of any.</summary>
    private static string Shareable(string missing) => missing.Split(':')[0] is var whole && whole.EndsWith('?') ? "" : whole;

    private static Blocking Refused(string message) =>
        Name(Quota, message) is { } quota
            ? new("quota", $"resourcequota/{quota}", $"resourcequota/{quota} leaves no room for them")
                { Shared = $"resourcequota/{quota}" }
        : Name(Unlimited, message) is { } strict
            ? new("quota", $"resourcequota/{strict}", $"resourcequota/{strict} takes only pods that say what they need of it")
        : Name(Webhook, message) is { } webhook
            ? new("admission", webhook, $"the admission webhook {webhook} denies them") { Shared = $"admission webhook {webhook}" }
        : Name(Silent, message) is { } silent
            ? new("admission", silent, $"the admission webhook {silent} does not answer ({Why(Silent.Match(message))})")
                { Shared = $"admission webhook {silent}" }
        : Name(Policy, message) is { } policy
            ? new("admission", $"validatingadmissionpolicy/{policy}", $"validatingadmissionpolicy/{policy} denies them")
        : Name(Security, message) is { } level ? new("admission", level, $"the namespace's pod security level ({level}) denies them")
        : Name(Priority, message) is { } priority
            ? new("admission", $"priorityclass/{priority}", $"priorityclass/{priority} is missing")
        : Name(Account, message) is { } account
            ? new("admission", $"serviceaccount/{account}", $"serviceaccount/{account} is missing") { Shared = $"serviceaccount/{account}" }
        : new("admission", "", $"the API server refuses to create them: {EvidenceText.OneLine(OfOnePod.Replace(message, ""), 200)}");

    private static Blocking? Unscheduled(V1Pod pod)
    {
        if (pod.Status.Conditions?.FirstOrDefault(c => c.Type == "PodScheduled") is not { Status: "False" } condition)
            return null;
        var message = condition.Message ?? "";
        if (condition.Reason == "SchedulingGated")
            return new("scheduling", "", "a scheduling gate holds them back");
        if (Name(Claim, message) is { } claim)
            return new("volume", $"persistentvolumeclaim/{claim}", $"persistentvolumeclaim/{claim} {Trouble(Claim.Match(message))}");
        if (ClaimInTheWay.IsMatch(message) && ClaimOf(pod) is { } used)
            return new("volume", used, $"the volume of {used} is not bound, or is where no node can take them");
        var lacking = Lacking.Matches(message).Select(m => m.Groups["name"].Value).Distinct().ToList();
        return lacking.Count > 0
            ? new("scheduling", string.Join(", ", lacking), $"no node has room for them ({string.Join(", ", lacking)})")
            : new("scheduling", "", "no node takes them");
    }

    private static Blocking? NotMade(V1Pod pod, IReadOnlyList<Corev1Event> events)
    {
        var node = pod.Spec?.NodeName is { Length: > 0 } name ? $"node/{name}" : "";
        foreach (var e in events.Reverse().Where(e => e.InvolvedObject?.Uid == pod.Metadata.Uid))
        {
            var message = e.Message ?? "";
            switch (e.Reason)
            {
                case "FailedAttachVolume":
                    var attached = Name(Volume, message) ?? "?";
                    return new("volume", $"volume/{attached}", $"volume {attached} cannot be attached to {node}");
                case "FailedMount" when MissingObjects.In(message) is { Length: > 0 } missing:
                    return new("volume", missing, $"{missing}, which they mount, is missing") { Shared = Shareable(missing) };
                case "FailedMount":
                    var mounted = Name(Volume, message) ?? "?";
                    return new("volume", $"volume/{mounted}", $"volume {mounted} cannot be mounted on {node}");
                case "FailedCreatePodSandBox":
                    return new("network", node, $"their sandbox, which has their network, cannot be made on {node}");
            }
        }

        return null;
    }

    /// <summary>Such as one that waits for a database, for ever.</summary>
    private static Blocking? InInit(V1Pod pod) =>
        pod.Status.InitContainerStatuses?.FirstOrDefault(c => c.State?.Running is not null && pod.EndsWhenDone(c)) is { } init
            ? new("init", init.Name, $"their init container {init.Name} has not ended")
            : null;

    /// <summary>What the scheduler says of a claim.</summary>
    private static string Trouble(Match claim) => claim.Groups["what"].Value switch
    {
        "not found" => "is missing",
        "is being deleted" => "is being deleted",
        "bound to non-existent" => "is bound to a volume that does not exist",
        _ => "cannot be used",
    };

    private static string? ClaimOf(V1Pod pod) =>
        pod.Spec?.Volumes?.Select(v => v.PersistentVolumeClaim?.ClaimName).FirstOrDefault(c => c is { Length: > 0 }) is { } claim
            ? $"persistentvolumeclaim/{claim}"
            : null;

    private static string Why(Match refusal) => EvidenceText.OneLine(refusal.Groups["why"].Value, 200);

    private static string? Name(Regex pattern, string message) =>
        pattern.Match(message) is { Success: true } match ? EvidenceText.OneLine(match.Groups["name"].Value, 200) : null;
}

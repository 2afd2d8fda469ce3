using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.EvictPod;
using Remediator.Actions.Kubernetes.Logs;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Revisions;
using Remediator.Actions.Kubernetes.RolloutUndo;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Policies;
using Remediator.Core.Resources;
using Remediator.Definitions.Tests.Shipped;
using Remediator.Definitions.Tests.Shipped.Decided;

namespace Remediator.Definitions.Tests.Cases;

/// <summary>
/// A public report with its own inputs (<c>Inputs/</c>): its objects and its alert, through the projection, the resolver, the rules, the
/// playbooks, the guards, and what actions see and object to.
/// </summary>
internal sealed class Case(string folder, string cluster = "test")
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly List<(Fact Fact, bool IsOurs)> _alerts = [];

    public CaseCluster Cluster { get; } = new(cluster);

    /// <summary>What was decided last, and all that happened.</summary>
    public IReadOnlyList<Event> Events { get; private set; } = [];

    public Resolution? Resolved { get; private set; }

    public DefinitionSet Definitions { get; init; } = ShippedFilesTests.Shipped;

    /// <summary>How often the engine is woken.</summary>
    public TimeSpan Turn { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What becomes of a fact on its way to the engine, of evidence too.</summary>
    public Func<Fact, Fact> Facts { get; set; } = f => f;

    /// <summary>What looks see.</summary>
    public Func<EvidenceCall, IReadOnlyList<Fact>> Looks { get; set; } = _ => [];

    public HashSet<string> LeftOutGuards { get; } = [];

    /// <summary>Other incidents that name what they wait for.</summary>
    public List<IncidentRow> Waiting { get; } = [];

    /// <summary>Whether actions look at the live objects when they plan.</summary>
    public bool LooksAgain { get; set; } = true;

    public string Text(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cases", "Inputs", folder, file));

    public static string Fill(string text, params ReadOnlySpan<(string Name, string Value)> values)
    {
        foreach (var (name, value) in values)
            text = text.Replace($"@{name}@", value, StringComparison.Ordinal);
        return text;
    }

    /// <summary>Applies a file of the case.</summary>
    public Case Apply(string file, params ReadOnlySpan<(string Name, string Value)> values)
    {
        foreach (var o in KubernetesYaml.LoadAllFromString(Fill(Text(file), values).TrimEnd('-', '\n')))
        {
            if (o is IMetadata<V1ObjectMeta> { Metadata: { } meta })
                (meta.Uid, meta.Generation, meta.CreationTimestamp) = ($"uid-{meta.Name}", 2, Controllers.Ago(9000));
            switch (o)
            {
                case V1Deployment d: Cluster.Deployments.Add(d); break;
                case V1StatefulSet s: Cluster.StatefulSets.Add(s); break;
                case V1DaemonSet d: Cluster.DaemonSets.Add(d); break;
                case V1Node n: Cluster.Nodes.Add(n); break;
                case V1PodDisruptionBudget b: Cluster.Budgets.Add(b); break;
            }
        }

        return this;
    }

    public V1Deployment Deployment => Cluster.Deployments[0];

    /// <summary>Delivers a file's alert beside what is to be judged; it stays active.</summary>
    public Resolution Deliver(string file, params ReadOnlySpan<(string Name, string Value)> values) => Deliver(Read(file, values));

    /// <summary>Delivers a file's alert, and lets the engine go on until it has decided.</summary>
    public (string Decision, string Reason) Judge(string file, V1Pod? pod = null, string node = "") =>
        Judge(Read(file, ("POD", pod?.Name() ?? ""), ("UID", pod?.Uid() ?? ""), ("NODE", node)));

    /// <summary>The same with an alert of our own.</summary>
    public (string Decision, string Reason) Judge(Alert alert)
    {
        var resolved = Deliver(alert);
        var shown = new Shown(View, Evidence, Plan) { Look = c => [.. Looks(c).Select(Facts)] };
        var trial = new EngineTrial(Definitions, resolved.Resource, shown, CaseCluster.Now)
        {
            Turn = Turn, Waiting = Waiting, Guards = [.. Core.Safety.Guards.Ordered.Where(g => !LeftOutGuards.Contains(g.Name))],
        };
        var decided = trial.Run(new IncomingAlert(alert, "alertmanager", "t1", resolved.How, resolved.Labels));
        Events = trial.Events;
        return decided;
    }

    public static Alert AlertOf(string name, params (string Label, string Value)[] labels)
    {
        var all = labels.Append(("alertname", name)).Append(("severity", "warning")).DistinctBy(l => l.Item1)
            .ToDictionary(l => l.Item1, l => l.Item2);
        return new()
        {
            Name = name, Status = AlertStatus.Firing, Labels = all, StartsAt = CaseCluster.Now.AddMinutes(-20), Fingerprint = $"f-{name}",
        };
    }

    public static Alert AlertOf(string name, V1Pod pod) =>
        AlertOf(
            name, ("namespace", pod.Namespace()), ("pod", pod.Name()), ("uid", pod.Uid()), ("container", "main"),
            ("job", "kube-state-metrics"));

    private Alert Read(string file, params ReadOnlySpan<(string Name, string Value)> values)
    {
        var text = Fill(Fill(Text(file), values), ("START", CaseCluster.Now.AddMinutes(-20).ToString("O", CultureInfo.InvariantCulture)));
        var labels = JsonNode.Parse(text)!["alerts"]![0]!["labels"]!.Deserialize<Dictionary<string, string>>()!;
        return AlertOf(labels["alertname"], [.. labels.Select(l => (l.Key, l.Value))]);
    }

    /// <summary>Delivers an alert that stays active.</summary>
    public Resolution Deliver(Alert alert)
    {
        Cluster.See(CaseCluster.Now);
        var resolved = Cluster.Source.Resolve(alert);
        Resolved = resolved;
        _alerts.Add((new(alert.Name, resolved.Labels, alert.StartsAt), resolved.Resource.Cluster == cluster));
        return resolved;
    }

    private FactView View(DateTimeOffset now)
    {
        var seen = Cluster.See(now);
        return new(seen.Version, now, [.. seen.All.Select(Facts), .. _alerts.Where(a => a.IsOurs).Select(a => Facts(a.Fact))]);
    }

    private List<V1Pod> PodsOf(ResourceKey resource) =>
        [.. Cluster.Pods.Where(
            p => p.Namespace() == resource.Namespace
                && (p.Name() == resource.Name || p.Name().StartsWith($"{resource.Name}-", StringComparison.Ordinal)))];

    private EvidenceItem Evidence(EvidenceCall call, DateTimeOffset now)
    {
        if (Resolved is not { } about || !call.Use.StartsWith("kubernetes.", StringComparison.Ordinal))
            return new(call.Use, call.Use, "", [], new Dictionary<string, string>(), null);

        var live = PodsOf(about.Resource).Where(p => !p.IsTerminating()).ToList();
        var at = now.UtcDateTime;
        var worst = WorstContainers.Of(live, at, Window);
        var lines = worst.Select(w => w.Pod).Concat(live.Where(p => !p.IsReady())).Select(p => Cluster.Logs.GetValueOrDefault(p.Name()))
            .FirstOrDefault(l => l is not null) ?? [];
        var hint = LogHint.Of(lines);
        var finding = PodFinding.Of(worst) with
        {
            Further = call.Use switch
            {
                "kubernetes.logs" => hint is null ? [] : new Dictionary<string, string> { ["hint"] = hint.Name, ["hint_line"] = hint.Line }
                    .Concat(LogHint.ServerIn(lines, about.Resource.Namespace) is { Length: > 0 } server
                        ? [new("waits_for", $"server {server}")]
                        : Array.Empty<KeyValuePair<string, string>>()).ToDictionary(),
                "kubernetes.events" => Diagnosis.Of(live, Cluster.Events, Cluster.See(now).Scope(about.Resource), at),
                _ => Described(about.Resource, live),
            },
        };
        var found = finding.ToEvidence(call.Use, "", now);
        return new(call.Use, call.Use, "", [.. found.Facts.Select(Facts)], found.Values, null);
    }

    private Dictionary<string, string> Described(ResourceKey resource, IReadOnlyList<V1Pod> live)
    {
        var found = Diagnosis.Of(live, null);
        var controller = live.Select(p => p.Controller()).FirstOrDefault(c => c is not null);
        if (controller?.Kind == "ReplicaSet" && resource.Kind != ResourceKinds.ReplicaSet)
            controller = Cluster.ReplicaSets.SingleOrDefault(s => s.Name() == controller.Name)?.Metadata.OwnerReferences[0] ?? controller;
        if (OtherController.Makes(resource))
            OtherController.Say(found, resource, controller, live);
        return found;
    }

    /// <summary>Of an undo with what the action objects to; of everything else that it can be done.</summary>
    private JobOutcome Plan(MakePlan job, DateTimeOffset now)
    {
        var resource = Resolved!.Resource;
        if (!LooksAgain)
            return new PlanMade(new() { Summary = job.Call.Use });
        if (job.Call.Input is EvictPodInput { Which: PodChoice.Leaking })
            return job.Call.Facts.Named("descriptors").Any(f => f["trouble"] == "leak" && PodsOf(resource).Exists(p => p.Uid() == f["uid"]))
                ? new PlanMade(new() { Summary = job.Call.Use })
                : new CallFailed(FailureKind.Transient, $"no pod of {resource.Display} leaks");
        if (job.Call.Use == "kubernetes.evict-pod"
            && !PodsOf(resource).Exists(p => !p.IsTerminating() && !p.IsOver()
                && (p.IsCrashing(now.UtcDateTime, Window) || p.IsWaiting() || (p.Status.Phase == "Running" && !p.IsReady()))))
            return new CallFailed(FailureKind.Transient, $"no pod of {resource.Display} is sick");
        if (job.Call.Input is EvictPodInput { Which: PodChoice.Crashing or PodChoice.NotReady } evict
            && PodsOf(resource).Where(p => !p.IsTerminating() && !p.IsOver() && !p.IsReady())
                .Select(p => DoNotEvict.Of(p, evict.Which)).FirstOrDefault(r => r is not null) is { } forbidden)
            return new PlanRefused(forbidden);
        if (job.Call.Input is EvictPodInput { Which: PodChoice.Pinning }
            && job.Call.Facts.Named("workload").Select(f => f["pinned_by"]).FirstOrDefault(p => p.Length > 0) is { } pinning)
            return new PlanMade(
                new() { Summary = job.Call.Use, Parameters = new Dictionary<string, string> { ["pod"] = pinning } });
        if (job.Call.Use != "kubernetes.rollout-undo" || resource.Kind != ResourceKinds.Deployment)
            return new PlanMade(new() { Summary = job.Call.Use });

        var workload = new LiveWorkload(resource.Kind, Json(Cluster.Deployments.Single(d => d.Name() == resource.Name)));
        var revisions = Cluster.ReplicaSets.Where(s => s.Metadata.OwnerReferences[0].Name == resource.Name)
            .Reverse().Select(Revision).ToList();
        var (present, good, refusal) = LastGoodRevision.Of(workload, revisions, Cluster.See(now).Scope(resource));
        refusal = present is null || good is null
            ? refusal
            : UndoObjections.First(workload, present, good, PodsOf(resource), now.UtcDateTime, Window)
                ?? UndoTarget.LackAsync(present, good, (_, name) => Task.FromResult(!Cluster.Removed.Contains(name))).Result;
        return refusal is { Length: > 0 }
            ? new PlanRefused($"{workload.Display} {refusal}.")
            : new PlanMade(new() { Summary = job.Call.Use });
    }

    private WorkloadRevision Revision(V1ReplicaSet set)
    {
        var hash = set.Metadata.Labels["pod-template-hash"];
        var serves = Cluster.Pods.Any(p => p.Metadata.Labels["pod-template-hash"] == hash && p.IsReady() && !p.IsTerminating());
        return new(
            set.Name(), set.Uid(), hash,
            long.Parse(set.Metadata.Annotations["deployment.kubernetes.io/revision"], CultureInfo.InvariantCulture),
            set.Metadata.CreationTimestamp, Json(set.Spec.Template), serves);
    }

    private static JsonObject Json(object o) => JsonNode.Parse(KubernetesJson.Serialize(o))!.AsObject();
}

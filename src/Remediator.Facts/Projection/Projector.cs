using Remediator.Core.Facts;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>Turns the cluster's objects into facts. One view after another, from one thread.</summary>
internal sealed class Projector(TimeSpan crashWindow, TimeSpan goodAfter, RevisionMemory memory)
{
    private readonly PodCache _pods = new();

    public Projected Project(ClusterObjects objects, DateTimeOffset now)
    {
        var crashedSince = now - crashWindow;
        var ownership = new Ownership(objects);
        var zones = objects.Nodes.ToDictionary(n => n.Metadata.Name, NodeFacts.Zone, StringComparer.Ordinal);
        var spaces = objects.Namespaces.ToDictionary(n => n.Metadata.Name, n => n.Metadata, StringComparer.Ordinal);
        var groups = Group(objects, ownership, pod => _pods.Judge(pod, ownership.Of(pod), zones.GetValueOrDefault(pod.Spec.NodeName, ""), crashedSince, now));
        var dependencies = new Dependencies(groups);

        var facts = new List<Fact>(objects.Pods.Count * 4);
        var locked = NodeMarks.LockedByKured(objects.DaemonSets);
        facts.AddRange(objects.Nodes.Select(n => NodeFacts.Of(n, locked, now)));
        foreach (var group in groups.Values.Where(g => g.Exists))
        {
            var history = RevisionHistory.Of(group, memory, goodAfter, now);
            facts.Add(WorkloadFacts.Of(group, history, dependencies, spaces.GetValueOrDefault(group.Owner.Namespace), now));
            facts.AddRange(dependencies.Of(group, now));
            facts.AddRange(WorkloadFacts.OfReplicaSets(group, now));
            foreach (var pod in group.Pods)
                facts.AddRange(_pods.Facts(pod));
        }

        facts.AddRange(objects.DisruptionBudgetsAreForbidden ? DisruptionFacts.Unknown(groups.Values, now) : DisruptionFacts.Of(objects.DisruptionBudgets, groups.Values, now));
        facts.AddRange(VolumeFacts.Of(objects, now));
        memory.Forget();
        _pods.Forget();
        return new(facts, groups, ownership);
    }

    private static Dictionary<Owner, WorkloadGroup> Group(ClusterObjects objects, Ownership ownership, Func<Pod, PodState> judge)
    {
        var groups = new Dictionary<Owner, WorkloadGroup>();
        WorkloadGroup Of(Owner owner) => groups.TryGetValue(owner, out var group) ? group : groups[owner] = new(owner);
        void Add(string kind, IEnumerable<Workload> workloads)
        {
            foreach (var workload in workloads)
                Of(new(kind, workload.Metadata.Namespace, workload.Metadata.Name)).Object = workload;
        }

        Add("deployment", objects.Deployments);
        Add("statefulset", objects.StatefulSets);
        Add("daemonset", objects.DaemonSets);
        Add("cronjob", objects.CronJobs);
        Add("job", objects.Jobs.Where(j => j.Metadata.Controller is null));
        Add("replicaset", objects.ReplicaSets.Where(r => r.Metadata.Controller is null));
        foreach (var set in objects.ReplicaSets)
        {
            var group = Of(ownership.OfReplicaSet(set));
            group.ReplicaSets.Add(set);
            group.Revisions.Add(Revision.Of(set));
        }

        foreach (var revision in objects.Revisions)
        {
            if (revision.Metadata.Controller is { Kind: "StatefulSet" or "DaemonSet" } controller)
            {
                var kind = controller.Kind == "DaemonSet" ? "daemonset" : "statefulset";
                Of(new(kind, revision.Metadata.Namespace, controller.Name)).Revisions.Add(Revision.Of(revision, kind));
            }
        }

        foreach (var pod in objects.Pods)
        {
            var state = judge(pod);
            Of(state.Owner).Pods.Add(state);
        }

        return groups;
    }
}

/// <summary>The facts, and the workloads that they were made from.</summary>
internal sealed record Projected(IReadOnlyList<Fact> Facts, IReadOnlyDictionary<Owner, WorkloadGroup> Workloads, Ownership Ownership);

using Remediator.Core.Resources;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>
/// The workloads with their facts. One is judged anew when something of it, its namespace, a budget of its pods or what it depends on has
/// changed, and once a minute.
/// </summary>
internal sealed class WorkloadTable
{
    private readonly ClusterTopology _topology;
    private readonly RevisionRecords _revisions;
    private readonly Dictionary<Owner, WorkloadGroup> _groups = [];
    private readonly Dictionary<string, HashSet<WorkloadGroup>> _bySpace = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ObjectMeta> _spaces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<ObjectName, DisruptionBudget>> _budgets = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectName, Autoscaler> _autoscalers = [];
    private readonly MultiMap<Owner, Autoscaler> _autoscalersOf = new();
    private readonly Dictionary<ObjectName, Owner> _ownerOfRevision = [];
    private readonly HashSet<WorkloadGroup> _dependent = [];
    private readonly HashSet<WorkloadGroup> _changed = [];
    private readonly MinuteWheel<WorkloadGroup> _wheel = new(g => g.Second);
    private readonly Dependencies _dependencies;
    private readonly Releases _releases = new();
    private readonly SickNode _sickNode;
    private bool _budgetsAreForbidden;
    private bool _autoscalersAreForbidden;

    public WorkloadTable(ClusterTopology topology, RevisionRecords revisions)
    {
        (_topology, _revisions) = (topology, revisions);
        _dependencies = new(_groups);
        _sickNode = new(PodsOf);
    }

    public IReadOnlyList<PodState> PodsOf(Owner owner) => _groups.TryGetValue(owner, out var group) ? group.Pods : [];

    public void Replace(PodState? before, PodState? after)
    {
        _sickNode.Replace(before, after);
        if (before is not null && after is not null && before.Owner == after.Owner)
        {
            var pods = Touch(before.Owner).Pods;
            pods[IndexOf(pods, before)] = after;
            return;
        }

        if (before is not null)
        {
            var pods = Touch(before.Owner).Pods;
            pods.RemoveAt(IndexOf(pods, before));
        }

        if (after is not null)
            Touch(after.Owner).Pods.Add(after);
    }

    public void Set(string kind, Changed<Workload> change)
    {
        var group = Touch(new(kind, change.Key.Namespace, change.Key.Name));
        if (group.Object is { } before && before.Metadata.Uid != change.Now?.Metadata.Uid)
            _revisions.Memory.Forget(before.Metadata.Uid);
        group.Object = change.Now;
    }

    public void SetReplicaSet(ObjectName key, Workload? before, Workload? after)
    {
        if (before is not null)
            Touch(Ownership.OfReplicaSet(before)).ReplicaSets.Remove(key);
        if (after is not null)
            Touch(Ownership.OfReplicaSet(after)).ReplicaSets[key] = after;
    }

    public void SetJob(ObjectName key, Workload? before, Workload? after)
    {
        if (before is not null)
            Touch(Ownership.OfJob(before)).Jobs.Remove(key);
        if (after is not null)
            Touch(Ownership.OfJob(after)).Jobs[key] = after;
    }

    public void Set(Changed<ControllerRevision> change)
    {
        if (_ownerOfRevision.Remove(change.Key, out var before))
            Touch(before).ControllerRevisions.Remove(change.Key);
        if (change.Now?.Metadata.Controller is not { ResourceKind: ResourceKinds.StatefulSet or ResourceKinds.DaemonSet } controller)
            return;

        var owner = new Owner(controller.ResourceKind, change.Key.Namespace, controller.Name);
        _ownerOfRevision[change.Key] = owner;
        Touch(owner).ControllerRevisions[change.Key] = change.Now;
    }

    public void Set(Changed<Namespace> change)
    {
        _spaces.Remove(change.Key.Name);
        if (change.Now is { } now)
            _spaces[change.Key.Name] = now.Metadata;
        _changed.UnionWith(In(change.Key.Name));
    }

    public void Set(Changed<DisruptionBudget> change)
    {
        if (!_budgets.TryGetValue(change.Key.Namespace, out var budgets))
            _budgets[change.Key.Namespace] = budgets = [];
        budgets.Remove(change.Key, out var before);
        if (change.Now is { } now)
            budgets[change.Key] = now;
        _changed.UnionWith(In(change.Key.Namespace).Where(g => Selects(before, g) || Selects(change.Now, g)));
        _topology.Set(before, change.Now);
    }

    /// <summary>Whether there may be budgets that may not be read.</summary>
    public void SetForbiddenBudgets(bool forbidden)
    {
        if (forbidden == _budgetsAreForbidden)
            return;

        _budgetsAreForbidden = forbidden;
        JudgeAll();
    }

    public void Set(Changed<Autoscaler> change)
    {
        if (_autoscalers.Remove(change.Key, out var before))
        {
            _autoscalersOf.Remove(AutoscalerFacts.Target(before), before);
            JudgeAgain(AutoscalerFacts.Target(before));
        }

        if (change.Now is { } now)
        {
            _autoscalers[change.Key] = now;
            _autoscalersOf.Add(AutoscalerFacts.Target(now), now);
            JudgeAgain(AutoscalerFacts.Target(now));
        }

        _topology.Set(before, change.Now);
    }

    /// <summary>Whether there may be autoscalers that may not be read.</summary>
    public void SetForbiddenAutoscalers(bool forbidden)
    {
        if (forbidden == _autoscalersAreForbidden)
            return;

        _autoscalersAreForbidden = forbidden;
        JudgeAll();
    }

    public void JudgeAll() => _changed.UnionWith(_groups.Values);

    /// <summary>Judges what has changed.</summary>
    public void Judge(FactDiff diff, DateTimeOffset now)
    {
        var owners = _changed.Select(g => g.Owner).ToHashSet();
        _changed.UnionWith(_dependent.Where(g => Dependencies.Names(g, owners)).ToList());
        _changed.UnionWith(_wheel.Due(now));
        // all of them first: what a release has rolled out together is told of each
        var histories = _changed.Where(g => g.Exists).ToDictionary(g => g, g => RevisionHistory.Of(g, _revisions, now));
        foreach (var group in _changed)
            _releases.Put(group, histories.GetValueOrDefault(group)?.NewestSince);
        foreach (var group in _changed)
            Judge(group, histories.GetValueOrDefault(group), diff, now);
        _changed.Clear();
    }

    /// <param name="history">Null where the workload no longer exists.</param>
    private void Judge(WorkloadGroup group, RevisionHistory? history, FactDiff diff, DateTimeOffset now)
    {
        var owner = group.Owner;
        _topology.SetExists(owner, group.Exists);
        if (history is null)
        {
            group.Facts = diff.Replace(group.Facts, []);
            _dependent.Remove(group);
            if (group.IsEmpty)
                Drop(group);
            return;
        }

        group.Facts = diff.Replace(group.Facts,
        [
            WorkloadFacts.Of(
                group, history, _dependencies, _spaces.GetValueOrDefault(owner.Namespace),
                _releases.RolledWith(group, history.NewestSince, now), _releases.MigratedBy(group, history.NewestSince),
                _sickNode, _revisions.CrashWindow, now),
            .. _dependencies.Of(group, now),
            .. WorkloadFacts.OfReplicaSets(group, now),
            .. WorkloadFacts.OfJobs(group, now),
            .. _budgetsAreForbidden
                ? [DisruptionFacts.Unknown(group, now)]
                : DisruptionFacts.Of(_budgets.TryGetValue(owner.Namespace, out var budgets) ? budgets.Values : [], group, now),
            .. _autoscalersAreForbidden
                ? AutoscalerFacts.Unknown(group, now)
                : _autoscalersOf[owner].Select(a => AutoscalerFacts.Of(a, owner, now)),
        ]);
        if (group.Metadata.Annotation(Dependencies.Annotation).Length > 0)
            _dependent.Add(group);
        else
            _dependent.Remove(group);
        var second = MinuteWheel<WorkloadGroup>.SecondOf(history.NewestSince ?? group.Metadata.CreationTimestamp ?? default);
        if (second == group.Second)
            return;

        group.Second = second;
        _wheel.Add(group);
    }

    private WorkloadGroup Touch(Owner owner)
    {
        if (!_groups.TryGetValue(owner, out var group))
        {
            _groups[owner] = group = new(owner);
            if (!_bySpace.TryGetValue(owner.Namespace, out var space))
                _bySpace[owner.Namespace] = space = [];
            space.Add(group);
        }

        _changed.Add(group);
        return group;
    }

    private void JudgeAgain(Owner owner)
    {
        if (_groups.TryGetValue(owner, out var group))
            _changed.Add(group);
    }

    private void Drop(WorkloadGroup group)
    {
        group.Second = -1;
        _groups.Remove(group.Owner);
        _bySpace[group.Owner.Namespace].Remove(group);
        if (_bySpace[group.Owner.Namespace].Count == 0)
            _bySpace.Remove(group.Owner.Namespace);
    }

    private HashSet<WorkloadGroup> In(string space) => _bySpace.TryGetValue(space, out var groups) ? groups : [];

    private static bool Selects(DisruptionBudget? budget, WorkloadGroup group) =>
        budget is not null && DisruptionFacts.Selects(budget, group.PodLabels);

    private static int IndexOf(List<PodState> pods, PodState pod) => pods.FindIndex(p => ReferenceEquals(p, pod));
}

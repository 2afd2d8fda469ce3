using Remediator.Core.Facts;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>The nodes with their facts.</summary>
internal sealed class NodeTable(ClusterTopology topology)
{
    private readonly Dictionary<string, (Node Node, string Zone, Fact Fact)> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectName, Workload> _locks = [];
    private readonly NodeHealth _health = new();
    private IReadOnlySet<string> _locked = new HashSet<string>();

    public string ZoneOf(string node) => _nodes.TryGetValue(node, out var known) ? known.Zone : "";

    /// <returns>Nodes whose zone is another one than before, or that came or went: the facts of their pods say it too.</returns>
    public HashSet<string> Apply(ClusterChanges changes, FactDiff diff, DateTimeOffset now)
    {
        var moved = new HashSet<string>(StringComparer.Ordinal);
        var stale = (Relock(changes.DaemonSets, now) ? _nodes.Keys : _health.Fading).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, node) in changes.Nodes)
        {
            stale.Remove(key.Name);
            var before = _nodes.GetValueOrDefault(key.Name);
            if (node is null)
            {
                diff.Remove(before.Fact);
                _nodes.Remove(key.Name);
                _health.Forget(key.Name);
            }
            else
            {
                _nodes[key.Name] = (
                    node, NodeFacts.Zone(node), diff.Replace(before.Fact, NodeFacts.Of(node, _health.Note(node, now), _locked)));
            }

            if (before.Node is null || node is null || before.Zone != NodeFacts.Zone(node))
                moved.Add(key.Name);
            topology.Set(before.Node, node);
        }

        foreach (var name in stale)
        {
            var (node, zone, fact) = _nodes[name];
            _nodes[name] = (node, zone, diff.Replace(fact, NodeFacts.Of(node, _health.Note(node, now), _locked)));
        }

        return moved;
    }

    /// <summary>kured keeps in an annotation of its DaemonSet which nodes it works on, and until when.</summary>
    /// <returns>True when they are other nodes than before.</returns>
    private bool Relock(IReadOnlyList<Changed<Workload>> daemonSets, DateTimeOffset now)
    {
        foreach (var (key, set) in daemonSets)
        {
            _locks.Remove(key);
            if (set?.Metadata.Annotation(NodeMarks.KuredLock).Length > 0)
                _locks[key] = set;
        }

        var before = _locked;
        _locked = NodeMarks.LockedByKured(_locks.Values, now);
        return !_locked.SetEquals(before);
    }
}

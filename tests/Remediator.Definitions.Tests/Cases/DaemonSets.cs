using k8s.Models;

namespace Remediator.Definitions.Tests.Cases;

/// <summary>The workload of a scene as a DaemonSet, with a pod on each node.</summary>
internal static class DaemonSets
{
    private const string Name = "agent";
    private const string Hash = "controller-revision-hash";

    /// <param name="updated">So many have the newest revision, which is eight minutes old where not all have it.</param>
    /// <param name="sick">So many of those crash; they are what the scene is about then.</param>
    public static void Of(Scene s, int nodes, int updated, int sick)
    {
        var set = new V1DaemonSet
        {
            Metadata = new()
            {
                Name = Name, NamespaceProperty = "shop", Uid = "uid-agent", Generation = 2, CreationTimestamp = Controllers.Ago(9000),
            },
            Spec = new() { Selector = s.Deployment.Spec.Selector, Template = s.Deployment.Spec.Template },
            Status = new()
            {
                ObservedGeneration = 2, DesiredNumberScheduled = nodes, CurrentNumberScheduled = nodes, UpdatedNumberScheduled = updated,
                NumberReady = nodes - sick, NumberAvailable = nodes - sick,
            },
        };
        s.Cluster.DaemonSets.Add(set);
        var age = updated < nodes ? 8 : 9000;
        s.Cluster.Revisions.AddRange([Revision("1", 1, 9000), .. updated < nodes ? [Revision("2", 2, age)] : (V1ControllerRevision[])[]]);
        s.Old = [.. Enumerable.Range(0, nodes).Select(i => Controllers.Pod(
            set.Metadata, "DaemonSet", set.Spec.Template, $"{Name}-{i}", Hash, i < updated && updated < nodes ? "2" : "1",
            i < updated ? age : 9000))];
        s.Cluster.Pods.AddRange(s.Old);
        s.Sick = [.. s.Old.Take(sick).Select(p => p.Crashing(4))];
    }

    private static V1ControllerRevision Revision(string hash, long number, double minutesAgo) => new()
    {
        Metadata = new()
        {
            Name = $"{Name}-{hash}", NamespaceProperty = "shop", Uid = $"rev-{hash}", CreationTimestamp = Controllers.Ago(minutesAgo),
            Labels = new Dictionary<string, string> { [Hash] = hash },
            OwnerReferences = [new() { ApiVersion = "apps/v1", Kind = "DaemonSet", Name = Name, Uid = "uid-agent", Controller = true }],
        },
        Revision = number,
    };
}

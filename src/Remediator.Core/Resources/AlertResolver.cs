using Remediator.Core.Alerts;

namespace Remediator.Core.Resources;

/// <summary>Works out what an alert is about. Pure: everything it knows of the cluster comes from the topology.</summary>
public static class AlertResolver
{
    public static Resolution Resolve(Alert alert, ITopology topology) =>
        Find(alert, topology) is var found && found.Resource.Bounded() is var key && key == found.Resource
            ? found
            : found with { Resource = key, Known = false, How = $"the name is shortened, {found.How}" };

    private static Resolution Find(Alert alert, ITopology topology)
    {
        var subject = new AlertSubject(alert);
        if (topology.ClusterLabels.FirstOrDefault(subject.Has) is { } label && subject[label] is var cluster && cluster != topology.Cluster)
        {
            return new(
                new(cluster, ResourceKinds.Alert, subject["namespace"], alert.Name), false,
                ResolvedLabels.OfAnotherCluster(subject, cluster),
                $"the alert is of cluster '{cluster}' (label {label}), and this one is '{topology.Cluster}'");
        }

        var pod = subject.Has("pod") ? topology.FindPod(subject["namespace"], subject["pod"]) : null;
        var exporter = Exporter.Of(subject, pod);
        var found = new SubjectFinder(subject, topology, exporter, pod).Find();
        return new(found.Key, found.Known, ResolvedLabels.Of(subject, exporter, found), found.How);
    }
}

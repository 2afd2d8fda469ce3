using System.Globalization;
using Remediator.Core.Facts;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Tests.Projection;

/// <summary>Whatever has changed, and in whatever order the watches tell it: the view is the one that is made of all objects.</summary>
public sealed class IncrementalTests
{
    /// <summary>What past views have shown too, which a view made anew cannot know.</summary>
    private static readonly string[] Remembered = [
        "rollout_age_minutes", "previous_revision", "previous_was_available", "crashing_minutes", "sick_minutes", "fault_after_minutes",
            "newest_was_good", "rollout_at_fault", "rollout_doubt"];

    private static readonly string[] Names = ["api", "db", "web"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void View_AfterAnyChanges_SaysWhatAViewMadeAnewSays(int seed)
    {
        var random = new Random(seed);
        var cluster = new SeenCluster(new());
        var objects = new ClusterObjects();
        var now = A.Now;
        for (var round = 0; round < 250; round++)
        {
            for (var i = random.Next(4); i >= 0; i--)
                objects = Change(objects, random, now);
            now += TimeSpan.FromSeconds(random.Next(5) == 0 ? random.Next(200) : random.Next(3));

            var view = cluster.See(objects, now);

            Assert.Equal(Texts(new SeenCluster(new()).See(objects, now)), Texts(view));
        }
    }

    private static ClusterObjects Change(ClusterObjects o, Random random, DateTimeOffset now) => random.Next(18) switch
    {
        0 => o with { Nodes = Toggled(
            o.Nodes, A.Node($"n{random.Next(3)}", random.Next(2) == 0 ? "a" : "b", random.Next(3) == 0 ? "False" : "True"), random) },
        1 => o with { Deployments = Toggled(o.Deployments, Depending(A.Deployment(Name(random), random.Next(4)), random), random) },
        2 => o with { ReplicaSets = Toggled(o.ReplicaSets, Set(random), random) },
        3 => o with { ReplicaSets = Toggled(
            o.ReplicaSets,
            A.ReplicaSet(Name(random), $"h{random.Next(2)}", 1) with { Metadata = A.Meta($"{Name(random)}-h{random.Next(2)}") },
            random) },
        4 => o with { Jobs = Toggled(
            o.Jobs,
            A.Deployment("job-1") with { Metadata = A.Meta("job-1", owner: random.Next(2) == 0 ? A.Owner("CronJob", "job") : null) },
            random) },
        5 => o with { CronJobs = Toggled(o.CronJobs, A.Deployment("job"), random) },
        6 => o with { StatefulSets = Toggled(o.StatefulSets, A.Deployment("db"), random) },
        7 => o with { Revisions = Toggled(
            o.Revisions,
            new ControllerRevision {
                Metadata = A.Meta("db-1", owner: A.Owner(random.Next(2) == 0 ? "StatefulSet" : "DaemonSet", "db")),
                Revision = random.Next(3) },
            random) },
        8 => o with { Namespaces = Toggled(
            o.Namespaces,
            new Namespace { Metadata = A.Meta(
                "shop", "") with { Annotations = A.Map(("remediator.io/mode", random.Next(2) == 0 ? "observe" : "off")) } },
            random) },
        9 => o with { DisruptionBudgets = Toggled(
            o.DisruptionBudgets,
            new DisruptionBudget {
                Metadata = A.Meta("pdb"),
                Spec = new() { Selector = new() { MatchLabels = A.Map(("app", Name(random))) } },
                Status = new() { DisruptionsAllowed = random.Next(3) } },
            random) },
        10 => o with { Claims = Toggled(
            o.Claims,
            new PersistentVolumeClaim { Metadata = A.Meta("data"), Spec = new() { StorageClassName = "fast", VolumeName = "v" } },
            random) },
        11 => o with { StorageClasses = Toggled(
            o.StorageClasses, new StorageClass { Metadata = A.Meta("fast", ""), AllowVolumeExpansion = random.Next(2) == 0 }, random) },
        12 => o with { DaemonSets = Toggled(
            o.DaemonSets,
            A.Deployment("kured") with { Metadata = A.Meta("kured") with { Annotations = A.Map(
                ("weave.works/kured-node-lock", $$"""{"nodeID":"n{{random.Next(3)}}"}""")) } },
            random) },
        13 => o with { Autoscalers = Toggled(
            o.Autoscalers,
            new Autoscaler {
                Metadata = A.Meta($"hpa{random.Next(2)}"),
                Spec = new() { MaxReplicas = 5, ScaleTargetRef = new() { Kind = "Deployment", Name = Name(random) } },
                Status = new() { CurrentReplicas = random.Next(4, 6), DesiredReplicas = 5 } },
            random) },
        14 => o with { Volumes = Toggled(
            o.Volumes,
            new PersistentVolume {
                Metadata = A.Meta("v", ""), Spec = new() { Nfs = random.Next(2) == 0 ? new() { Server = "10.9.9.9" } : null } },
            random) },
        _ => o with { Pods = Toggled(o.Pods, Pod(random, now), random) },
    };

    /// <summary>No two of a deployment have the same number.</summary>
    private static Workload Set(Random random) => random.Next(2) switch
    {
        0 => A.ReplicaSet(Name(random), "h0", 1, reused: random.Next(2) == 0, replicas: random.Next(3)),
        _ => A.ReplicaSet(Name(random), "h1", 2, replicas: random.Next(3)),
    };

    private static Workload Depending(Workload workload, Random random) =>
        workload with { Metadata = workload.Metadata with { Annotations = A.Map(
            ("remediator.io/depends-on", random.Next(2) == 0 ? "statefulset/db" : "deployment/api, cronjob/job")) } };

    private static Pod Pod(Random random, DateTimeOffset now)
    {
        var hash = $"h{random.Next(2)}";
        var owner = random.Next(5) switch
        {
            0 => A.Owner("Job", "job-1"),
            1 => A.Owner("StatefulSet", "db"),
            2 => null,
            _ => A.Owner("ReplicaSet", $"{Name(random)}-{hash}"),
        };
        var status = random.Next(4) switch
        {
            0 => A.Waiting("CrashLoopBackOff", 3),
            1 => A.Running(2, last: new() { Reason = "Error", FinishedAt = now.AddSeconds(-random.Next(900)) }),
            2 => A.Waiting("ImagePullBackOff"),
            _ => A.Running(),
        };
        var pod = A.Pod($"p{random.Next(12)}", owner, hash, status, $"n{random.Next(4)}");
        var unready = pod.Status.Conditions[0] with { Status = "False", LastTransitionTime = now.AddSeconds(-random.Next(5000) / 7.0) };
        return pod with
        {
            Metadata = pod.Metadata with { CreationTimestamp = now.AddSeconds(-random.Next(5000) / 7.0) },
            Status = pod.Status with { Conditions = random.Next(3) > 0 ? pod.Status.Conditions : [unready] },
        };
    }

    private static string Name(Random random) => Names[random.Next(Names.Length)];

    /// <summary>It is gone, or there as it is given.</summary>
    private static IReadOnlyList<T> Toggled<T>(IReadOnlyList<T> objects, T value, Random random)
        where T : class, IKubeObject
    {
        var others = objects.Where(o => o.Metadata.Key != value.Metadata.Key);
        return random.Next(4) == 0 ? [.. others] : [.. others, value];
    }

    private static List<string> Texts(FactView view) => [.. view.All.Select(Text).Order(StringComparer.Ordinal)];

    private static string Text(Fact fact)
    {
        if (fact.Name is "workload" or "pod")
            fact = fact with { Labels = fact.Labels.Where(l => !Remembered.Contains(l.Key)).ToDictionary() };
        // of a workload whose object is not there nobody knows the age: it is as old as the view that first had it
        var since = fact.Name is "workload" or "dependency" or "pdb" && fact.Since >= A.Now
            ? "some time"
            : fact.Since.ToString("o", CultureInfo.InvariantCulture);
        return $"{fact} since {since}";
    }
}

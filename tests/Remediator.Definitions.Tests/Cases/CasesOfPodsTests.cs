using k8s.Models;
using Remediator.Core.Events;

namespace Remediator.Definitions.Tests.Cases;

/// <summary>Cases about what is sick now, each with the inputs of its public report, and others of its kind.</summary>
public sealed class CasesOfPodsTests
{
    private const string Evict = "evict the one bad pod";

    /// <summary>kubernetes-sigs/kubernetes-mixin PR 678: the alert looks back five minutes.</summary>
    [Theory]
    [InlineData(4, 0.5, 0.02)]
    [InlineData(4, 0.1, 0.02)]
    [InlineData(9, 1.7, 0.02)]
    [InlineData(2, 3, 0.5)]
    public void C04_PodThatHasRecovered_IsNotEvicted(int restarts, double runsFor, double ran)
    {
        var (recovered, pods) = Recovering("04-recovered-pod-is-evicted", "deploy.yaml", 3);
        pods[0].Recovered(restarts, runsFor, ran);
        Nothing(recovered.Judge("alert.json", pods[0]));
    }

    /// <summary>It was still in back-off when the alert came, and is ready before the rule's minute is over.</summary>
    [Fact]
    public void C04_PodThatRecoversWhileTheRuleWaits_IsNotEvicted()
    {
        var (recovering, pods) = Recovering("04-recovered-pod-is-evicted", "deploy.yaml", 3);
        pods[0].Crashing(4);
        recovering.Cluster.Later.Add((CaseCluster.Now.AddSeconds(40), () => pods[0].Recovered(4, -0.6)));
        Nothing(recovering.Judge("alert.json", pods[0]));
    }

    /// <summary>One that is ready for a moment between two crashes has not recovered.</summary>
    [Fact]
    public void C04_PodThatGoesOnCrashing_IsEvicted()
    {
        var (bad, pods) = Recovering("04-recovered-pod-is-evicted", "deploy.yaml", 3);
        pods[0].Crashing(4);
        Assert.Equal(("**does**", Evict), bad.Judge("alert.json", pods[0]));
    }

    /// <summary>ministryofjustice/cloud-platform #7123: two of two are ready, and the one that crashed hangs for its finalizer.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(45)]
    [InlineData(9000)]
    public void C10_PodThatOnlyHangsInTerminating_IsNobodysCrashLoop(double terminatingFor)
    {
        var (hanging, pods) = Recovering("10-terminating-pod-counts", "deploy.yaml", 3);
        pods[0].Crashing(3, code: 3).Terminating(terminatingFor);
        Nothing(hanging.Judge("alert.json", pods[0]));
    }

    [Theory]
    [InlineData("Failed", "Evicted")]
    [InlineData("Failed", "NodeShutdown")]
    [InlineData("Succeeded", "")]
    public void C10_PodThatIsFinished_IsNobodysCrashLoop(string phase, string reason)
    {
        var (finished, pods) = Recovering("10-terminating-pod-counts", "deploy.yaml", 3);
        pods[0].Crashing(3, code: 3);
        (pods[0].Status.Phase, pods[0].Status.Reason) = (phase, reason);
        Nothing(finished.Judge("alert.json", pods[0]));
    }

    /// <summary>CrunchyData/pgmonitor PR 282: the application's etcd says nothing about this cluster.</summary>
    [Fact]
    public void C14_EtcdOfAnApplication_HoldsNothingBack()
    {
        var (shop, pods) = Recovering("14-an-etcd-of-an-application", "deploy.yaml", 3);
        pods[0].Crashing(3, code: 3);
        shop.Deliver("etcd.json");
        Assert.Equal(("**does**", Evict), shop.Judge("alert.json", pods[0]));
    }

    /// <summary>The control plane's own, of whatever installer, does.</summary>
    [Theory]
    [InlineData("kube-etcd", "kube-system")]
    [InlineData("etcd", "")]
    [InlineData("etcd", "openshift-etcd")]
    public void C14_EtcdOfTheControlPlane_Holds(string job, string space)
    {
        var (shop, pods) = Recovering("14-an-etcd-of-an-application", "deploy.yaml", 3);
        pods[0].Crashing(3, code: 3);
        shop.Judge(
            space.Length > 0
                ? Case.AlertOf("etcdInsufficientMembers", ("job", job), ("namespace", space))
                : Case.AlertOf("etcdInsufficientMembers", ("job", job)));
        Assert.Equal("waits", shop.Judge("alert.json", pods[0]).Decision);
    }

    /// <summary>robusta-dev/robusta #697: the pod of the other cluster never was here, though a Deployment of its name is.</summary>
    [Fact]
    public void C22_AlertsOfAnotherCluster_AreNeitherOurPodNorOurBrake()
    {
        var eu1 = new Case("22-another-cluster-by-another-label", "eu-1").Apply("deploy.yaml");
        var pods = eu1.Cluster.Run(eu1.Cluster.RollOut(eu1.Deployment, 9000), 3, 9000);
        Assert.Equal("eu-2", eu1.Deliver("b.json").Resource.Cluster);
        Assert.Equal("eu-2", eu1.Deliver("a.json").Resource.Cluster);
        pods[0].Crashing(3, code: 3);
        Assert.Equal(("**does**", Evict), eu1.Judge("alert.json", pods[0]));
    }

    /// <summary>kubernetes/kubernetes #75957: the API server evicts no pod that two budgets select.</summary>
    [Fact]
    public void C24_TwoBudgets_AreNamed_AndNothingIsTried()
    {
        var (shop, pods) = Recovering("24-two-budgets", "deploy.yaml", 3);
        shop.Apply("pdb-1.33.yaml");
        pods[0].Crashing(3, code: 3);
        Assert.Equal("tells a person", shop.Judge("alert.json", pods[0]).Decision);
        Assert.Contains(
            "the PodDisruptionBudgets of-the-chart and of-the-platform both select pods of deployment shop/api",
            shop.Events.OfType<Escalated>().Single().Reason, StringComparison.Ordinal);
    }

    /// <summary>Of two budgets of the namespace only one selects these pods.</summary>
    [Fact]
    public void C24_BudgetOfAnotherWorkload_IsNoSecondOne()
    {
        var (shop, pods) = Recovering("24-two-budgets", "deploy.yaml", 3);
        shop.Apply("pdb-1.33.yaml");
        shop.Cluster.Budgets[1].Spec.Selector.MatchLabels = new Dictionary<string, string> { ["app"] = "web" };
        pods[0].Crashing(3, code: 3);
        Assert.Equal("**does**", shop.Judge("alert.json", pods[0]).Decision);
    }

    internal static (Case Case, List<V1Pod> Pods) Recovering(string folder, string file, int replicas)
    {
        var it = new Case(folder).Apply(file);
        it.Deployment.Spec.Replicas = replicas - (folder.StartsWith("10", StringComparison.Ordinal) ? 1 : 0);
        return (it, it.Cluster.Run(it.Cluster.RollOut(it.Deployment, 9000), replicas, 9000));
    }

    internal static void Nothing((string Decision, string Reason) decided) =>
        Assert.True(decided.Decision == "nothing", $"{decided.Decision}: {decided.Reason}");
}

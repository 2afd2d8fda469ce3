using System.Text.Json;
using k8s.Models;
using Remediator.Core.Events;

namespace Remediator.Definitions.Tests.Cases;

/// <summary>What somebody on call meets: an alert of the usual collections, the objects of a cluster, and what is to come of it.</summary>
public sealed class CasesOfOperationTests
{
    private const string Undo = "**does**: undo";
    private const string Tells = "tells a person: ";

    /// <summary>
    /// Argo CD before 3.0 marks what it installs by a label that every chart has, and charts say that Helm manages them. Helm itself puts
    /// nothing back before its next release, so that a person is asked, in mode <c>auto</c> too.
    /// </summary>
    [Theory]
    [InlineData("argocd-controller", Tells, "Argo CD (application 'shop')")]
    [InlineData("argocd-application-controller", Tells, "Argo CD (application 'shop')")]
    [InlineData("kustomize-controller", Tells, "Flux")]
    [InlineData("helm-controller", Tells, "Flux")]
    [InlineData("helm", "asks a person: undo", "")]
    public void Chart_IsUndoneOnlyWhereNobodyInstallsItAgain(string manager, string expected, string by)
    {
        var (said, events) = Judged(JudgedScenes.BadRollout, s =>
        {
            s.Deployment.Metadata.Labels = new Dictionary<string, string>
            {
                ["app.kubernetes.io/instance"] = "shop", ["app.kubernetes.io/managed-by"] = "Helm",
            };
            var fields = JsonDocument.Parse(
                """{"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"main\"}":{"f:image":{}}}}}}}""").RootElement;
            s.Deployment.Metadata.ManagedFields = [new() { Manager = manager, Operation = "Apply", FieldsV1 = fields }];
        });
        Assert.StartsWith(expected, said, StringComparison.Ordinal);
        Assert.Contains(by, Refusals(events), StringComparison.Ordinal);
    }

    /// <summary>A member of Kafka, etcd or Elasticsearch that crashes, and one that is not ready because it recovers its log.</summary>
    [Theory]
    [InlineData(true, "restart-loop")]
    [InlineData(false, "probe-failing")]
    public void MemberThatCrashesOrRecovers_IsNotEvicted(bool crashes, string playbook)
    {
        var (it, pods) = ReportsOfOthersTests.Set();
        _ = crashes ? pods[1].Crashing(6) : pods[1].NotReady(60);
        it.Cluster.Logs[pods[1].Name()] = ["Loading producer state from log, recovering unflushed segment 0"];
        var (decision, reason) = it.Judge(Case.AlertOf(crashes ? "KubePodCrashLooping" : "KubePodNotReady", pods[1]));
        Assert.True(decision == "tells a person", $"{decision}: {reason}");
        Assert.Equal(playbook, it.Events.OfType<RunStarted>().Single().Playbook);
        Assert.Contains("its owner has not allowed its pods to be evicted", Refusals(it.Events), StringComparison.Ordinal);
    }

    /// <summary>One pod of thirty, eight hours after the rollout: the kubelet has restarted it, or does so again and again.</summary>
    [Theory]
    [InlineData(false, "nothing")]
    [InlineData(true, Tells)]
    public void OnePodOfThirtyThatRanOutOfMemory_RestartsNoOther(bool again, string expected)
    {
        var it = new Case("18-create-container-error").Apply("v1.yaml");
        it.Deployment.Spec.Replicas = 30;
        it.Deployment.Spec.Template.Spec.Containers[0].Resources = Memory("512Mi");
        it.Cluster.RollOut(it.Deployment, 9000);
        it.Deployment.Spec.Template.Spec.Containers[0].Env[0].Value = "2";
        var pods = it.Cluster.Run(it.Cluster.RollOut(it.Deployment, 480), 30, 480);
        if (again)
            pods[7].Crashing(6, code: 137, reason: "OOMKilled");
        else
            pods[7].Recovered(1, 3, 470).Status.ContainerStatuses[0].LastState.Terminated.Reason = "OOMKilled";
        var (decision, reason) = it.Judge(Case.AlertOf("KubernetesContainerOomKiller", pods[7]));
        Assert.StartsWith(expected, $"{decision}: {reason}", StringComparison.Ordinal);
        Assert.DoesNotContain(it.Events, e => e is StepPlanned);
    }

    /// <summary>Without a limit it is the node that has no memory, and where the node says so as well.</summary>
    [Theory]
    [InlineData("", false, Tells)]
    [InlineData("512Mi", true, "waits: root cause busy: its sick pods are on node")]
    [InlineData("512Mi", false, Undo)]
    public void ReleaseThatRunsOutOfMemory_IsUndone_UnlessItIsTheNodesMemory(string limit, bool pressure, string expected)
    {
        var (said, _) = Judged(JudgedScenes.BadRollout, s =>
        {
            s.Template.Containers[0].Resources = limit.Length > 0 ? Memory(limit) : null;
            s.Afterwards.Add(x => x.Sick.ForEach(p => p.Crashing(5, code: 137, reason: "OOMKilled")));
            s.Afterwards.Add(x => x.Alert = "KubernetesContainerOomKiller");
            if (pressure)
                s.Cluster.Nodes.ForEach(n => n.Status.Conditions.Add(
                    new() { Type = "MemoryPressure", Status = "True", LastTransitionTime = Controllers.Ago(4) }));
        });
        Assert.StartsWith(expected, said, StringComparison.Ordinal);
        Assert.Equal(limit.Length == 0, said.Contains("had no memory left", StringComparison.Ordinal));
    }

    /// <summary>The AWS load balancer controller is down, and no new pod of any rollout gets its target healthy.</summary>
    [Theory]
    [InlineData("KubeDeploymentRolloutStuck")]
    [InlineData("KubernetesDeploymentReplicasMismatch")]
    [InlineData("KubePodNotReady")]
    public void RolloutWhosePodsWaitForAGate_IsNotUndone(string alert)
    {
        var (said, _) = Judged(JudgedScenes.Stuck, s => s.Afterwards.Add(x =>
        {
            foreach (var pod in x.Sick)
            {
                pod.Spec.ReadinessGates = [new() { ConditionType = "target-health.elbv2.k8s.aws/api" }];
                pod.Status.Conditions.Single(c => c.Type == "ContainersReady").Status = "True";
                pod.Status.ContainerStatuses[0].Ready = true;
            }

            x.Alert = alert;
        }));
        Assert.StartsWith(Tells, said, StringComparison.Ordinal);
        Assert.Contains("target-health.elbv2.k8s.aws/api", said, StringComparison.Ordinal);
    }

    /// <summary>Nobody has looked for two days, and what the release would go back to may fit no more.</summary>
    [Theory]
    [InlineData(26, Undo)]
    [InlineData(2900, Tells)]
    public void RolloutThatHasBeenStuckForDays_IsNotUndone(double age, string expected) => Assert.StartsWith(
        expected,
        Judged(JudgedScenes.Stuck, s =>
        {
            s.Age = age;
            s.Afterwards.Add(x => x.Sick.ForEach(p => p.NotReady(age)));
            s.Afterwards.Add(x => x.Alert = "KubeDeploymentRolloutStuck");
        }).Said,
        StringComparison.Ordinal);

    /// <summary>One bad node of fifty.</summary>
    [Theory]
    [InlineData("KubePodCrashLooping")]
    [InlineData("KubeDaemonSetRolloutStuck")]
    [InlineData("KubernetesDaemonSetRolloutStuck")]
    public void OnePodOfADaemonSetOfFifty_IsToldWithItsNode(string alert)
    {
        var (said, events) = Judged(JudgedScenes.OneBadPod, s => s.Afterwards.Add(x =>
        {
            DaemonSets.Of(x, nodes: 50, updated: 50, sick: 1);
            x.Alert = alert;
        }));
        Assert.StartsWith(Tells, said, StringComparison.Ordinal);
        Assert.Matches("fails on node node-[123] only", said);
        Assert.DoesNotContain(events, e => e is StepPlanned);
    }

    /// <summary>It has no pods on two of its nodes, since none may be made.</summary>
    [Fact]
    public void DaemonSetThatLacksPods_IsToldWithWhatRefusesThem()
    {
        var (said, _) = Judged(JudgedScenes.OneBadPod, s => s.Afterwards.Add(x =>
        {
            DaemonSets.Of(x, nodes: 3, updated: 3, sick: 0);
            x.Sick = [x.Old[0]];
            x.Old.Skip(1).ToList().ForEach(p => x.Cluster.Pods.Remove(p));
            (x.Cluster.DaemonSets[0].Status.CurrentNumberScheduled, x.Cluster.DaemonSets[0].Status.NumberReady) = (1, 1);
            x.Cluster.DaemonSets[0].Status.NumberAvailable = 1;
            x.Cluster.Events.Add(new()
            {
                Metadata = new() { Name = "e", NamespaceProperty = "shop" }, Type = "Warning", Reason = "FailedCreate",
                Message = "Error creating: pods \"agent-x\" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=1",
                InvolvedObject = new() { Kind = "DaemonSet", Name = "agent", Uid = "uid-agent" }, LastTimestamp = Controllers.Ago(0.5),
            });
            x.Alert = "KubeDaemonSetNotScheduled";
        }));
        Assert.StartsWith(Tells, said, StringComparison.Ordinal);
        Assert.Contains("resourcequota/pods", said, StringComparison.Ordinal);
    }

    private static V1ResourceRequirements Memory(string limit) =>
        new() { Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new(limit) } };

    private static string Refusals(IEnumerable<Event> events) => string.Join(' ', events.OfType<StepRefused>().Select(e => e.Reason));

    /// <summary>The alerts of sets name no pod of theirs.</summary>
    internal static (string Said, IReadOnlyList<Event> Events) Judged(Action<Scene> set, Action<Scene> lay)
    {
        var scene = new Scene(2);
        lay(scene);
        set(scene);
        scene.Afterwards.ForEach(a => a(scene));
        var of = scene.Sick[0].Metadata.OwnerReferences[0].Kind == "DaemonSet" ? ("daemonset", "agent") : ("deployment", "api");
        var (decision, reason) = new[] { "Pod", "Oom" }.Any(w => scene.Alert.Contains(w, StringComparison.Ordinal))
            ? scene.Judge()
            : scene.Case.Judge(Case.AlertOf(scene.Alert, ("namespace", "shop"), of));
        return ($"{decision}: {reason}", scene.Case.Events);
    }
}

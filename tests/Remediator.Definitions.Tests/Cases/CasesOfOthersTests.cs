using k8s.Models;

namespace Remediator.Definitions.Tests.Cases;

/// <summary>Further public reports of the kinds that the other cases are of: another report each, with what it says.</summary>
public sealed class CasesOfOthersTests
{
    /// <summary>
    /// A template that differs in a stamp alone: kubernetes/kubernetes #91600 (label <c>deploytime</c>), department-of-veterans-affairs/
    /// va.gov-team #59741 (<c>manualRoll</c>), DopplerHQ/kubernetes-operator #6, Infisical/infisical #160, and what people write by hand.
    /// </summary>
    [Theory]
    [InlineData("deploytime")]
    [InlineData("manualRoll")]
    [InlineData("secrets.doppler.com/secretsupdate.app")]
    [InlineData("secrets.infisical.com/managed-secret.app")]
    [InlineData("shop.example/date")]
    [InlineData("updatedAt")]
    [InlineData("force-update")]
    [InlineData("rollout-trigger")]
    public void StampOfATool_IsNoReasonToUndo(string key)
    {
        Assert.Contains($"differs between revision 2 (api-rev2) and revision 1 (api-rev1) in", Judged(JudgedScenes.BadRollout, s =>
            s.BeforeRollOut.Add(x => Stamped(x, key))), StringComparison.Ordinal);
    }

    /// <summary>What an annotation asks an admission for does change what runs.</summary>
    [Theory]
    [InlineData("instrumentation.opentelemetry.io/inject-java")]
    [InlineData("vault.hashicorp.com/agent-inject")]
    [InlineData("sidecar.istio.io/proxyImage")]
    public void AnnotationThatAsksForSomething_IsUndone(string key) => Assert.StartsWith(
        "**does**: undo", Judged(JudgedScenes.BadRollout, s => s.BeforeRollOut.Add(x => Stamped(x, key))), StringComparison.Ordinal);

    /// <summary>
    /// go-gitea/gitea #32058 (nginx answers), moby/moby #30798 (another server answers after a redirect), containerd/containerd #3604 (the
    /// store of the node), open-edge-platform/geti_v2 #1668 (no token): not the registry's answer, and the page says whose it is.
    /// </summary>
    [Theory]
    [InlineData(
        "Head \"https://r/v2/api/manifests/2\": error parsing HTTP 404 response body: invalid character '<' looking for beginning of "
            + "value: \"<html>\\r\\n<head><title>404 Not Found</title></head>\"",
        "error parsing HTTP 404 response body")]
    [InlineData("Error parsing HTTP response: \"<!DOCTYPE HTML PUBLIC><h1>404 Not Found</h1>\"", "Error parsing HTTP response")]
    [InlineData(
        "failed to pull and unpack image \"r/api:2\": failed to unpack image on snapshotter overlayfs: content digest sha256:0c: not found",
        "its node cannot keep it")]
    [InlineData(
        "failed to resolve reference \"r/api:2\": failed to authorize: failed to fetch anonymous token: unexpected status from GET request "
            + "to https://r/token: 404 Not Found",
        "the registry does not let it be pulled")]
    public void PullThatTheRegistryDidNotAnswer_UndoesNothing_AndItsWordsAreToldOn(string sentence, string told)
    {
        var said = Judged(JudgedScenes.NoImage, s => s.Afterwards.Add(x =>
        {
            x.Cluster.Events.Clear();
            x.Sick.ForEach(p => x.Cluster.Tell(p, "Failed", $"Failed to pull image: {sentence}"));
        }));
        Assert.DoesNotContain("undo", said, StringComparison.Ordinal);
        Assert.Contains(told, said, StringComparison.Ordinal);
        Assert.DoesNotContain("Back-off", said, StringComparison.Ordinal);
    }

    /// <summary>
    /// kubernetes-sigs/kubebuilder #3052 and kubernetes/kubernetes #67662 (a webhook that is down), and what else refuses pods: the page
    /// names it, or has the API server's own sentence.
    /// </summary>
    [Theory]
    [InlineData("Internal error occurred: failed calling webhook \"mpod.kb.io\": no endpoints", "webhook mpod.kb.io does not answer")]
    [InlineData("Timeout: request did not complete within requested timeout 30s", "Timeout: request did not complete")]
    [InlineData("pods \"api-x\" is forbidden: [maximum memory usage per Container is 1Gi, but limit is 2Gi]", "maximum memory usage")]
    [InlineData("pods \"api-x\" is forbidden: unable to validate against any security context constraint: []", "security context")]
    [InlineData("pods \"api-x\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: x", "policy/p denies")]
    [InlineData("pods \"api-x\" is forbidden: no PriorityClass with name high was found", "priorityclass/high is missing")]
    [InlineData("pods \"api-x\" is forbidden: failed quota: mem: must specify limits.memory for: main", "resourcequota/mem takes only")]
    public void RefusalOfPods_IsToldWithWhatRefusesThem(string message, string told) => Assert.Contains(
        told,
        Judged(JudgedScenes.Stuck, s =>
        {
            s.NotMade(message);
            s.Afterwards.Add(x => x.Cluster.Events.Add(new()
            {
                Metadata = new() { Name = "e", NamespaceProperty = "shop" }, Type = "Warning", Reason = "FailedCreate",
                Message = $"Error creating: {message}", InvolvedObject = new() { Kind = "ReplicaSet", Uid = x.Newest!.Uid() },
                LastTimestamp = Controllers.Ago(0.5),
            }));
        }),
        StringComparison.Ordinal);

    /// <summary>An init container that waits for a database for ever, as many charts have it.</summary>
    [Fact]
    public void InitContainerThatDoesNotEnd_IsNamed() => Assert.Contains(
        "their init container wait-for-db has not ended",
        Judged(JudgedScenes.Stuck, s =>
        {
            s.BeforeRollOut.Add(x => x.Template.InitContainers = [new() { Name = "wait-for-db", Image = "remediator.test/busybox:1" }]);
            s.Afterwards.Add(x => x.Sick.ForEach(p =>
            {
                p.Held("PodInitializing", "", 13);
                p.Status.InitContainerStatuses =
                    [new() { Name = "wait-for-db", State = new() { Running = new() { StartedAt = Controllers.Ago(13) } } }];
            }));
        }),
        StringComparison.Ordinal);

    /// <summary>
    /// kubernetes/kubernetes #88896: a set of one pod, whose first image was never there, has been mended. hyperlane-xyz/hyperlane-monorepo
    /// #3347: one that has run is a member with its data.
    /// </summary>
    [Theory]
    [InlineData(true, "**does**: evict the pod that the StatefulSet waits for in vain")]
    [InlineData(false, "tells a person")]
    public void FirstPodOfASetWhoseTemplateIsMended_IsReplacedIfItNeverRan(bool neverRan, string expected)
    {
        var it = new Case("20-statefulset-pinned-to-a-bad-revision").Apply("sts.yaml");
        var set = it.Cluster.StatefulSets[0];
        set.Spec.Replicas = 1;
        set.Status = new() { ObservedGeneration = 2, Replicas = 1, CurrentRevision = "web-1", UpdateRevision = "web-2" };
        var pod = Controllers.Pod(set.Metadata, "StatefulSet", set.Spec.Template, "web-0", "controller-revision-hash", "web-1", 9);
        it.Cluster.Pods.Add(neverRan ? pod.Held("ImagePullBackOff", "Back-off pulling image", 8) : pod.Crashing(6));
        if (neverRan)
            it.Cluster.Tell(pod, "Failed", "Failed to pull image: manifest unknown");
        var (decision, reason) = it.Judge(Case.AlertOf(neverRan ? "KubeContainerWaiting" : "KubePodCrashLooping", pod));
        Assert.StartsWith(expected, $"{decision}: {reason}", StringComparison.Ordinal);
    }

    /// <summary>aws/karpenter-provider-aws #1459: what a node without its device plugin refused is left behind, and cleaned up.</summary>
    [Fact]
    public void PodsThatTheirNodeRefused_AreLeftovers() => Assert.StartsWith(
        "**does**: delete the failed pods but the newest five",
        Judged(JudgedScenes.OneNotReady, s => s.Afterwards.Add(x =>
        {
            x.Sick[0].Running(50);
            x.Sick = x.Cluster.Run(x.Cluster.ReplicaSets[0], 7, 50);
            x.Sick.ForEach(p => (p.Status.Phase, p.Status.Reason) = ("Failed", "OutOfnvidia.com/gpu"));
        })),
        StringComparison.Ordinal);

    private static void Stamped(Scene scene, string key)
    {
        scene.Template.Containers[0].Image = "remediator.test/busybox:1";
        scene.Deployment.Spec.Template.Metadata.Annotations = new Dictionary<string, string> { [key] = "2026-11-26-10-18-59" };
    }

    private static string Judged(Action<Scene> set, Action<Scene> lay)
    {
        var scene = new Scene(2);
        lay(scene);
        set(scene);
        scene.Afterwards.ForEach(a => a(scene));
        var (decision, reason) = scene.Judge();
        return $"{decision}: {reason}";
    }
}

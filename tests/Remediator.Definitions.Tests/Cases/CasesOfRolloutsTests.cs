using k8s.Models;

namespace Remediator.Definitions.Tests.Cases;

/// <summary>Cases in which a rollout is, or is not, to blame.</summary>
public sealed class CasesOfRolloutsTests
{
    /// <summary>formancehq/ledger PR 1764: what people on call do first, written as a new revision.</summary>
    [Theory]
    [InlineData("kubectl.kubernetes.io/restartedAt")]
    [InlineData("checksum/config")]
    [InlineData("rollme")]
    [InlineData("kubectl.kubernetes.io/restartedAt", "something else happened: the process ended")]
    public void C01_RestartByAPerson_IsNotTheRolloutThatBrokeIt(string annotation, string log = "cannot reach db-2")
    {
        var it = new Case("01-restart-is-no-rollout").Apply("v1.yaml");
        it.Cluster.RollOut(it.Deployment, 9000);
        it.Deployment.Spec.Template.Metadata.Annotations = new Dictionary<string, string> { [annotation] = "2026-11-26T11:58:00Z" };
        var pods = it.Cluster.Run(it.Cluster.RollOut(it.Deployment, 2), 3, 2);
        pods.ForEach(p => p.Crashing(3, code: 3));
        pods.ForEach(p => it.Cluster.Logs[p.Name()] = [log]);
        Person(it.Judge("alert.json", pods[^1]));
    }

    /// <summary>elastic/cloud-on-k8s #545: the Secret is deleted after a good release, and one is started later.</summary>
    [Theory]
    [InlineData("secret \"db\" not found")]
    [InlineData("couldn't find key password in Secret shop/db")]
    public void C02_SecretGoneAfterAGoodRelease_IsSaid_AndNothingIsUndone(string message)
    {
        var it = new Case("02-secret-gone-after-a-good-rollout").Apply("v1.yaml");
        it.Cluster.RollOut(it.Deployment, 9000);
        it.Deployment.Spec.Template.Spec.Containers[0].Env[0].Value = "2";
        var second = it.Cluster.RollOut(it.Deployment, 4);
        it.Cluster.Run(second, 3, 4);
        it.Deployment.Spec.Replicas = 4;
        var late = it.Cluster.Run(second, 1, 1)[0].Held("CreateContainerConfigError", message, 1);
        it.Cluster.Tell(late, "Failed", $"Error: {message}");
        Assert.Contains("secret/db", Person(it.Judge("alert.json", late)), StringComparison.Ordinal);
    }

    /// <summary>gardener/gardener #8463 and others: a controller writes it back.</summary>
    [Fact]
    public void C07_DeploymentOfAController_IsNotUndone()
    {
        var reason = Person(Owned(new Case("07-owned-by-an-operator").Apply("deploy.yaml", ("UID", "u"))));
        Assert.Contains("is managed by ConfigMap api-app", reason, StringComparison.Ordinal);
    }

    /// <summary>The Operator Lifecycle Manager and Strimzi write references that are no controller's; others write none at all.</summary>
    [Theory]
    [InlineData("olm")]
    [InlineData("strimzi")]
    [InlineData("manager")]
    [InlineData("argocd")]
    [InlineData("configsync")]
    [InlineData("fleet")]
    public void C07_OperatorThatIsKnownByAnotherMark_IsNotFoughtEither(string mark)
    {
        var it = new Case("07-owned-by-an-operator").Apply("deploy.yaml", ("UID", "u"));
        var meta = it.Deployment.Metadata;
        meta.OwnerReferences = null;
        meta.Labels = mark == "olm" ? new Dictionary<string, string> { ["olm.owner"] = "shop.v1" } : null;
        if (mark == "strimzi")
            meta.OwnerReferences =
                [new() { ApiVersion = "kafka.strimzi.io/v1", Kind = "KafkaConnect", Name = "api", Uid = "k", Controller = false }];
        if (Manager(mark) is { } manager)
            meta.ManagedFields = [new() { Manager = manager, Operation = "Update", FieldsV1 = System.Text.Json.JsonDocument.Parse(
                """{"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"main\"}":{"f:image":{}}}}}}}""").RootElement }];
        Person(Owned(it));
    }

    /// <summary>A tool that only writes a stamp into the template does not own it, nor does a person.</summary>
    [Theory]
    [InlineData("manager", """{"f:spec":{"f:template":{"f:metadata":{"f:annotations":{"f:x":{}}}}}}""")]
    [InlineData("kubectl-set", """{"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"main\"}":{"f:image":{}}}}}}}""")]
    public void C07_DeploymentThatNobodyPutsBack_IsUndone(string manager, string fields)
    {
        var it = new Case("07-owned-by-an-operator").Apply("deploy.yaml", ("UID", "u"));
        it.Deployment.Metadata.OwnerReferences = null;
        it.Deployment.Metadata.ManagedFields =
            [new() { Manager = manager, Operation = "Update", FieldsV1 = System.Text.Json.JsonDocument.Parse(fields).RootElement }];
        Assert.Equal(("asks a person", "undo the rollout that broke it"), Owned(it));
    }

    /// <summary>kubernetes/kubernetes #89209: a quota of pods, and a rolling update that needs one more.</summary>
    [Theory]
    [InlineData("pods \"api-x\" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=3, limited: pods=3")]
    [InlineData("admission webhook \"validate.kyverno.svc-fail\" denied the request: policy disallow-latest-tag")]
    [InlineData("pods \"api-x\" is forbidden: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false")]
    [InlineData("pods \"api-x\" is forbidden: error looking up service account shop/api: serviceaccount \"api\" not found")]
    public void C11_RolloutOfWhichNoPodCouldBeMade_IsNotUndone(string message)
    {
        var it = new Case("11-quota-stops-the-rollout").Apply("v1.yaml");
        it.Cluster.Run(it.Cluster.RollOut(it.Deployment, 9000), 3, 9000);
        it.Deployment.Spec.Template.Spec.Containers[0].Env[0].Value = "2";
        var set = it.Cluster.RollOut(it.Deployment, 1);
        it.Deployment.With("Progressing", "False", "ProgressDeadlineExceeded", "has timed out progressing")
            .With("ReplicaFailure", "True", "FailedCreate", message);
        it.Cluster.Events.Add(new()
        {
            Metadata = new() { Name = "e", NamespaceProperty = "shop" }, Type = "Warning", Reason = "FailedCreate",
            Message = $"Error creating: {message}",
            InvolvedObject = new() { Kind = "ReplicaSet", Name = set.Name(), Uid = set.Uid() }, LastTimestamp = Controllers.Ago(0.5),
        });
        var reason = Person(it.Judge("alert.json"));
        Assert.Matches("resourcequota/pods|validate.kyverno|restricted:latest|serviceaccount/api", reason);
    }

    /// <summary>containerd/containerd #2382: not the registry's answer.</summary>
    [Fact]
    public void C17_NotFoundInTheRuntimesWords_IsNotTheRegistrys()
    {
        var it = new Case("17-not-found-is-not-the-registry").Apply("v1.yaml");
        var sentence = System.Text.Json.Nodes.JsonNode.Parse(it.Text("event.json"))!["message"]!.ToString();
        Assert.DoesNotContain("registry does not have it", Person(Pull(it, sentence)), StringComparison.Ordinal);
    }

    public static TheoryData<string> MoreMessages =>
        [.. new Case("17-not-found-is-not-the-registry").Text("more-messages.txt").Split('\n').Where(l => l.Length > 0 && l[0] != '#')];

    [Theory]
    [MemberData(nameof(MoreMessages))]
    [InlineData(
        "failed to pull and unpack image \"r.example/api:2\": failed to resolve reference \"r.example/api:2\": "
            + "failed to do request: Head: dial tcp: lookup r.example: no such host")]
    [InlineData("failed to extract layer sha256:aa: write /var/lib/containerd/x: no space left on device: unknown")]
    [InlineData("toomanyrequests: You have reached your pull rate limit")]
    public void C17_PullThatFailedForAnotherReason_UndoesNothing(string sentence)
    {
        var (decision, reason) = Pull(new Case("17-not-found-is-not-the-registry").Apply("v1.yaml"), sentence);
        Assert.False(reason.Contains("undo", StringComparison.Ordinal) && decision != "tells a person", $"{decision}: {reason}");
        Assert.DoesNotContain("registry does not have it", reason, StringComparison.Ordinal);
    }

    /// <summary>The registry's own words, as containerd, Docker and CRI-O pass them on.</summary>
    [Theory]
    [InlineData(
        "failed to pull and unpack image \"r.example/api:2\": failed to resolve reference \"r.example/api:2\": r.example/api:2: not found")]
    [InlineData("Error response from daemon: manifest for r.example/api:2 not found: manifest unknown: manifest unknown")]
    [InlineData("reading manifest 2 in r.example/api: manifest unknown")]
    public void C17_ImageThatTheRegistryDoesNotHave_IsUndone(string sentence) =>
        Assert.Equal(
            ("asks a person", "undo the rollout to an image that is not there"),
            Pull(new Case("17-not-found-is-not-the-registry").Apply("v1.yaml"), sentence));

    /// <summary>apecloud/kubeblocks #1872: three of the revision serve, and the runtime of one node cannot make the fourth.</summary>
    [Theory]
    [InlineData("path \"/srv/shared-x\" is mounted on \"/srv/shared-x\" but it is not a shared or slave mount")]
    [InlineData("failed to create containerd container: seccomp profile operator/x.json not found")]
    [InlineData("failed to reserve container name \"main_api\": name is reserved for \"5a\"")]
    [InlineData("context deadline exceeded")]
    public void C18_ContainerThatItsNodeCannotMake_IsNoReasonToUndo(string message)
    {
        var it = new Case("18-create-container-error").Apply("v1.yaml");
        it.Cluster.RollOut(it.Deployment, 9000);
        it.Deployment.Spec.Template.Spec.Containers[0].Env[0].Value = "2";
        var second = it.Cluster.RollOut(it.Deployment, 12);
        it.Cluster.Run(second, 3, 12);
        it.Deployment.Spec.Replicas = 4;
        var late = it.Cluster.Run(second, 1, 1)[0].Held("CreateContainerError", message, 1);
        Assert.Contains(message, Person(it.Judge("alert.json", late)), StringComparison.Ordinal);
    }

    /// <summary>A dependency that the log of the new pods names is no fault of their release, in whatever words.</summary>
    [Theory]
    [InlineData("Can't connect to MySQL server on 'db' (110)")]
    [InlineData("Connection to db:5432 refused. Check that the hostname and port are correct")]
    [InlineData("java.net.UnknownHostException: db")]
    [InlineData("psycopg2.OperationalError: could not translate host name \"db\" to address")]
    [InlineData("FATAL: password authentication failed for user \"shop\"")]
    [InlineData("pymongo.errors.ServerSelectionTimeoutError: mongo:27017: timed out")]
    [InlineData("com.mysql.cj.jdbc.exceptions.CommunicationsException: Communications link failure")]
    [InlineData("SQLSTATE[HY000] [2002] Operation now in progress")]
    [InlineData("x509: certificate has expired or is not yet valid")]
    public void NewPodsWhoseLogsNameADependency_AreNotUndone(string line)
    {
        foreach (var ready in new[] { true, false })
        {
            var (it, bad) = Bad(minutes: 14);
            bad.ForEach(p => _ = ready ? p.Crashing(5) : p.NotReady(14));
            bad.ForEach(p => it.Cluster.Logs[p.Name()] = ["starting", line]);
            Person(it.Judge(Case.AlertOf(ready ? "KubePodCrashLooping" : "KubePodNotReady", bad[0])));
        }
    }

    /// <summary>What is truly bad is still undone.</summary>
    [Theory]
    [InlineData("panic: runtime error: index out of range")]
    [InlineData("unknown flag: --fast")]
    [InlineData("Error: Cannot find module './server.js'")]
    public void NewPodsThatCrashOfThemselves_AreUndone(string line)
    {
        var (it, bad) = Bad(minutes: 3);
        bad.ForEach(p => p.Crashing(3));
        bad.ForEach(p => it.Cluster.Logs[p.Name()] = ["starting", line]);
        Assert.Equal(("asks a person", "undo the rollout that broke it"), it.Judge(Case.AlertOf("KubePodCrashLooping", bad[0])));
    }

    /// <summary>Judgement, finding 2: one young pod of forty in a healthy, slow rollout.</summary>
    [Fact]
    public void HealthySlowRollout_IsLeftAlone()
    {
        var it = new Case("18-create-container-error").Apply("v1.yaml");
        it.Deployment.Spec.Replicas = 40;
        it.Cluster.Run(it.Cluster.RollOut(it.Deployment, 9000), 28, 9000);
        it.Deployment.Spec.Template.Spec.Containers[0].Env[0].Value = "2";
        var second = it.Cluster.RollOut(it.Deployment, 25);
        it.Cluster.Run(second, 12, 4);
        for (var i = 0; i < 12; i++)
        {
            var pod = it.Cluster.Run(second, 1, 3 - (i * 4))[0].NotReady(3 - (i * 4));
            it.Cluster.Pods.Remove(pod);
            it.Cluster.Later.Add((CaseCluster.Now.AddMinutes((i * 4) - 3), () =>
            {
                it.Cluster.Pods.RemoveAt(0);
                it.Cluster.Pods.Add(pod);
            }));
            it.Cluster.Later.Add((CaseCluster.Now.AddMinutes((i * 4) + 4), () => pod.Running(-(((i * 4) + 4) - 0.0))));
        }

        CasesOfPodsTests.Nothing(it.Judge(
            Case.AlertOf("KubernetesDeploymentReplicasMismatch", ("namespace", "shop"), ("deployment", "api"))));
    }

    private static (Case Case, List<V1Pod> Bad) Bad(double minutes)
    {
        var it = new Case("18-create-container-error").Apply("v1.yaml");
        it.Cluster.Run(it.Cluster.RollOut(it.Deployment, 9000), 2, 9000);
        it.Deployment.Spec.Template.Spec.Containers[0].Image = "remediator.test/api:2";
        return (it, it.Cluster.Run(it.Cluster.RollOut(it.Deployment, minutes), 2, minutes));
    }

    private static string? Manager(string mark) => mark switch
    {
        "manager" => "manager", "argocd" => "argocd-controller", "configsync" => "configsync", "fleet" => "fleetagent", _ => null,
    };

    /// <summary>Every pod of its new revision crashes.</summary>
    private static (string Decision, string Reason) Owned(Case it)
    {
        it.Cluster.Run(it.Cluster.RollOut(it.Deployment, 9000), 1, 9000);
        it.Deployment.Spec.Template.Spec.Containers[0].Env[0].Value = "1";
        var pods = it.Cluster.Run(it.Cluster.RollOut(it.Deployment, 2), 2, 2);
        pods.ForEach(p => p.Crashing(3, code: 3));
        return it.Judge("alert.json", pods[0]);
    }

    private static (string Decision, string Reason) Pull(Case it, string sentence)
    {
        it.Cluster.Run(it.Cluster.RollOut(it.Deployment, 9000), 3, 9000);
        it.Deployment.Spec.Template.Spec.Containers[0].Image = "remediator.test/api:2";
        var pod = it.Cluster.Run(it.Cluster.RollOut(it.Deployment, 4), 1, 4)[0].Held("ImagePullBackOff", "Back-off pulling image", 4);
        it.Cluster.Tell(pod, "Failed", sentence);
        return it.Judge("alert.json", pod);
    }

    private static string Person((string Decision, string Reason) decided)
    {
        Assert.True(decided.Decision == "tells a person", $"{decided.Decision}: {decided.Reason}");
        return decided.Reason;
    }
}

using k8s.Models;
using static Remediator.Definitions.Tests.Cases.JudgedScenes;
using static Remediator.Definitions.Tests.Cases.Protection;

namespace Remediator.Definitions.Tests.Cases;

/// <summary>What is no work for the shipped playbooks, as the objects of a cluster show it.</summary>
internal static class JudgedDecoys
{
    private static readonly Protection Ownership = Fact("who owns it", "workload", ("managed_by", ""));
    private static readonly Protection Disruption = Guard("disruption");

    /// <summary>Rules that know what is in the way of pods come before those of the rollout.</summary>
    private static readonly Protection Untried = new("what is known to be in the way", s =>
    {
        s.Change("workload", ("replica_failure", ""), ("newest_sick", "2"));
        s.Change(f => f.Name == "pod" && f["phase"] == "Pending", ("phase", "Running"), ("reason", ""));
        s.Change(f => f.Name == "container" && f["waiting"] == "ContainerCreating", ("waiting", ""));
    });

    private static readonly Protection PullErrors = Fact(
        "the reading of pull errors", "evidence", ("image_not_found", "true"), ("pull_transient", "false"));

    private static readonly Protection Limit = Fact("the limit of its autoscaler", "hpa", ("at_maximum", "false"));

    private static readonly Protection Hint = Fact("the hint of the logs", "evidence", ("hint", ""));

    private static readonly string[] Words =
        ["dial tcp: lookup db: no such host", "Can't connect to MySQL server on 'db'", "FATAL: the database system is starting up"];

    public static IReadOnlyList<JudgedDecoy> List { get; } =
    [
        new("it ran well for half an hour, and then what it needs died", BadRollout, s => s.Age = s.Random.Next(45, 58), [Proof]),
        new("one of four of the newest crashes, and the others serve", BadRollout, OthersServe(3), [Proof, Objections]),
        new("half of the newest crash, while others become ready", BadRollout, OthersServe(2, readyFor: 3), [Proof]),
        new("older pods crash as well", BadRollout, s => s.Afterwards.Add(x => x.Old[0].Crashing(4)), [Proof]),
        new("its sick pods are all on one node, and the others serve", BadRollout, OneNode, [Proof]),
        new("an older pod of another workload is sick on the one node of its sick pods", BadRollout,
            NodeOfAnother(1, servesElsewhere: true), [Proof]),
        new("what runs alone on the one node of its sick pods has become sick", BadRollout, NodeOfAnother(2, servesElsewhere: false),
            [Proof]),
        new("one other workload on the one node of its sick pods has a trouble of its own", BadRollout,
            NodeOfAnother(1, servesElsewhere: false), [Fact("the proof", "workload", ("rollout_at_fault", "false"))], MustAct: true),
        new("only what was injected crashes", BadRollout, Injected, [Proof, Objections]),
        new("a person has restarted it", BadRollout, Marker("kubectl.kubernetes.io/restartedAt"), [Objections]),
        new("a stamp of its deployment has changed", BadRollout, Marker("shop.example/deploy-time"), [Objections]),
        new("a checksum of configuration has changed", BadRollout, Marker("checksum/config"), [Objections]),
        new("the template is the same", BadRollout, s => s.BeforeRollOut.Add(SameImage), [Objections]),
        new("a migration of it has completed", BadRollout, Migrated, [Objections]),
        new("a migration of it crashes, and may have done half of its work", BadRollout, MigrationCrashes, [Objections]),
        new("a job that migrates the database has failed", BadRollout, MigrationFailed, [Proof]),
        new("a job of its release has migrated the database", BadRollout, MigratedByAJob, [Proof]),
        new("its owner says that going back is safe, whatever a job has done", BadRollout, MigratedAndSafe,
            [Fact("what its owner says", "workload", ("rollout_at_fault", "false"))], MustAct: true),
        new("its earlier configuration was removed with the release", BadRollout, Pruned, [Objections]),
        new("others of its release were rolled out with it", BadRollout, RolledWithOthers,
            [Fact("what was rolled out with it", "workload", ("rolled_with", ""))]),
        new("its logs name a dependency", BadRollout, Says, [Fact("the hint of the logs", "evidence", ("hint", ""))]),
        new("its logs name a dependency, and it does not get ready", Stuck, Says, [Fact("the hint of the logs", "evidence", ("hint", ""))]),
        new("an old pod holds what it needs", BadRollout, Logged(
            "lock DB directory: resource temporarily unavailable", "bind: address already in use"), [Hint]),
        new("it is not made for the processor of its node", BadRollout, Logged("exec /app: exec format error"), [Hint]),
        new("it waits to be the leader, and crashes", BadRollout, Waits, [Hint]),
        new("it migrates its database", Stuck, Logged("Waiting for changelog lock....", "Migrating schema \"public\" to version \"2\""),
            [Hint]),
        new("a custom resource owns it", BadRollout, Owned("KafkaConnect"), [Ownership]),
        new("the Operator Lifecycle Manager owns it", BadRollout, Labelled("olm.owner", "shop.v1"), [Ownership]),
        new("Argo CD owns it, by a label that charts have too", BadRollout, Managed("argocd-controller"), [Ownership]),
        new("Flux owns it", BadRollout, Managed("kustomize-controller"), [Ownership]),
        new("Config Sync owns it", BadRollout, Managed("configsync"), [Ownership]),
        new("a controller makes it without a reference", BadRollout, Managed("shop-operator"), [Ownership]),
        new("both revisions need the Secret", NoSecret,
            s => s.Template.Containers[0].EnvFrom = [new() { SecretRef = new() { Name = "db" } }], [Objections]),
        new("its node cannot make the container", NoSecret, CannotBeMade,
            [Fact("the object that is missing", "evidence", ("missing_object", "secret/db"))]),
        new("a store of a node has lost a snapshot", NoImage, Pull("parent snapshot sha256:bb does not exist: not found"), [PullErrors]),
        new("the registry allows no more pulls", NoImage, Pull("toomanyrequests: You have reached your pull rate limit"), [PullErrors]),
        new("the registry does not let it be pulled", NoImage, Pull("pull access denied, repository does not exist or may require login"),
            [PullErrors]),
        new("the image is not for this processor", NoImage, Pull("no match for platform in manifest: not found"), [PullErrors]),
        new("a proxy answers in the place of the registry", NoImage, Pull(
            "error parsing HTTP 404 response body: invalid character '<' looking for beginning of value: \"<html>\\r\\n<head><title>"
                + "404 Not Found</title></head>\""), [PullErrors]),
        new("the service of the registry's tokens is not there", NoImage, Pull(
            "failed to resolve reference \"r.example/api:2\": failed to authorize: failed to fetch anonymous token: unexpected status from "
                + "GET request to https://r.example/token: 404 Not Found"), [PullErrors]),
        new("the registry does not tell whether it is there", NoImage,
            Pull("repository r.example/api not found: does not exist or no pull access"), [PullErrors]),
        new("a mirror does not have it", NoImage, Pull(
            "unexpected status from HEAD request to https://mirror.example/v2/api/manifests/2?ns=r.example: 404 Not Found"), [PullErrors]),
        new("a layer of it is missing", NoImage, Pull(
            "unexpected status code https://r.example/v2/api/blobs/sha256:aa: 404 Not Found: blob unknown to registry"), [PullErrors]),
        new("the image was replaced on its way", NoImage, Changed(s => s.Sick.ForEach(
            p => p.Spec.Containers[0].Image = "mirror.example/api:2")), [Objections]),
        new("an agent was injected into it, and into no older pod", BadRollout, Agent, [Objections]),
        new("its memory limit was lowered on its way", BadRollout, Lowered, [Objections]),
        new("nothing comes from the registry", NoImage, RegistryIsDown, [Guard("root cause busy")]),
        new("a quota leaves no room", Stuck, s => s.NotMade("exceeded quota: pods, requested: pods=1"), [Proof, Untried]),
        new("an admission denies its pods", Stuck, s => s.NotMade("admission webhook \"v.kyverno.svc\" denied the request"),
            [Proof, Untried]),
        new("no node has room", Stuck, s => s.NotTried("Unschedulable", "0/3 nodes are available: 3 Insufficient cpu."), [Proof, Untried]),
        new("a volume cannot be mounted", Stuck, s => s.NotTried("FailedMount", "MountVolume.SetUp failed for volume \"x\""),
            [Proof, Untried]),
        new("a volume is attached elsewhere", Stuck, s => s.NotTried("FailedAttachVolume", "Multi-Attach error for volume \"pvc-1\""),
            [Proof, Untried]),
        new("the network of a node does not come", Stuck, s => s.NotTried("FailedCreatePodSandBox", "failed to setup network for sandbox"),
            [Proof, Untried]),
        new("it has recovered", OneBadPod, Changed(s => s.Sick[0].Recovered(4, s.Random.Next(2, 9))), [Crashing, Objections]),
        new("it is being deleted", OneBadPod, s => s.Deployment.Metadata.DeletionTimestamp = Controllers.Ago(s.Random.Next(0, 90)),
            [Guard("held")]),
        new("a rollout of it is being deleted", BadRollout, s => s.Deployment.Metadata.DeletionTimestamp = Controllers.Ago(1),
            [Guard("held")]),
        new("it is the one pod of a DaemonSet on one node", OneBadPod,
            s => s.Afterwards.Add(x => DaemonSets.Of(x, nodes: 3, updated: 3, sick: 1)),
            [Fact("how many of it are sick", "workload", ("newest_sick", "2"))]),
        new("the first pod of a DaemonSet's rollout fails on its node", BadRollout,
            s => s.Afterwards.Add(x => DaemonSets.Of(x, nodes: 5, updated: 1, sick: 1)), [Proof]),
        new("it hangs in Terminating", OneBadPod, Changed(s => Replaced(s).Terminating(s.Random.Next(0, 900))), [Crashing, Objections]),
        new("it was evicted", OneBadPod, Changed(s => (Replaced(s).Status.Phase, s.Sick[0].Status.Reason) = ("Failed", "Evicted")),
            [Crashing, Objections]),
        new("everything was restarted once, as after a reboot", OneBadPod,
            Changed(s => s.Old.ForEach(p => p.Recovered(1, s.Random.Next(1, 5), 900))), [Crashing, Objections]),
        new("its machine was restarted again and again, and it starts slowly", OneBadPod, Changed(Rebooted), [Crashing]),
        new("its machine was restarted, and it starts slowly", OneNotReady, Changed(Rebooted),
            [Fact("its start-up time", "pod", ("starting", "false"))]),
        new("its owner does not want it to be evicted", OneNotReady, Changed(Marked), [Objections]),
        new("its owner does not want it to be evicted, and it crashes", OneBadPod, Changed(Marked), [Objections]),
        new("it waits to be the leader", OneNotReady, Waits, [Hint]),
        new("a rollout of it waits for the old leader to go", Stuck, Waits, [Hint]),
        new("it ends by itself when its liveness probe has failed", OneBadPod, Ends,
            [Fact("who killed it", "evidence", ("killed_by_probe", "false"))]),
        new("it is ready again, since a moment", OneBadPod, Changed(ReadyAgain), [Disruption]),
        new("two disruption budgets select it", OneBadPod, Budgets, [Disruption]),
        new("its liveness probe kills it", OneBadPod, Probed, [Fact("who killed it", "evidence", ("killed_by_probe", "false"))]),
        new("two others crash, and their logs name the same server", OneBadPod, SameServer, [Guard("root cause busy")]),
        new("its password was changed, and one pod was restarted since", OneBadPod,
            Logged("FATAL: password authentication failed for user \"shop\"", "x509: certificate has expired"), [Hint]),
        new("its configuration was changed without a rollout, and one pod has read it", OneBadPod,
            Logged("FATAL: invalid configuration option max_conn"), [Hint]),
        new("its configuration was changed without a rollout, soon after one that ran well", BadRollout, ChangedConfiguration, [Proof]),
        new("the clock of its nodes is ahead, and it ran well", BadRollout, s => ClocksAhead(s, s.Random.Next(45, 58)), [Proof]),
        new("somebody has paused its rollout", BadRollout, s => s.Deployment.Spec.Paused = true,
            [Fact("whether it is paused", "workload", ("paused", "false"), ("rollout_at_fault", "true")), Objections]),
        new("its namespace is being deleted", BadRollout, NamespaceGoes, [Guard("held")]),
        new("it is the target of a canary of Flagger", BadRollout, Managed("flagger"), [Ownership]),
        new("its autoscaler is at its maximum", OneBadPod, Scaled(10, 10), [Limit]),
        new("its autoscaler is at its maximum, and a pod does not get ready", OneNotReady, Scaled(10, 10), [Limit]),
        new("its autoscaler may not be read", OneNotReady, s => s.Cluster.AutoscalersAreForbidden = true, [Limit]),
        new("its autoscaler comes down from its maximum", OneNotReady, Scaled(10, 6),
            [Fact("what it wants", "hpa", ("at_maximum", "true"))], MustAct: true),
        new("it is scaled down, and its pod is on its way out", OneBadPod, Changed(ScaledDown), [Crashing, Objections]),
        new("its pods are not ready since a moment, and soon are again", Stuck, Changed(SinceAMoment), [Proof]),
        new("its image took a quarter of an hour, and it starts slowly", Stuck, Changed(s => StartsSlowly(s, restarted: false)), [Proof]),
        new("its containers were restarted once, and start slowly again", Stuck, Changed(s => StartsSlowly(s, restarted: true)), [Proof]),
        new("it is still within its start-up time", OneNotReady, SlowStart,
            [Fact("its start-up time", "pod", ("starting", "false"))]),
        new("it was ready until a few minutes ago, and soon is again", OneNotReady, Changed(LateForAMoment),
            [Fact("how long it has not been ready", "pod", ("unready_minutes", "15"))]),
        new("nobody sets its readiness gate", OneNotReady, Gated, [Fact("its gate", "pod", ("gate", ""))]),
        new("only its sidecar is not ready", OneNotReady, Sidecar, [Fact("its sidecar", "pod", ("unready_sidecar", ""))]),
        new("an etcd of an application has lost members", OneBadPod,
            Fires("etcdInsufficientMembers", ("job", "apisix-etcd"), ("namespace", "apisix")),
            [Fact("whose etcd it is", "etcdInsufficientMembers", ("job", "etcd"), ("namespace", "kube-system"))], MustAct: true),
        new("the API server of another cluster is down", OneBadPod, Fires("KubeAPIDown", ("job", "apiserver"), ("k8s_cluster", "eu-2")),
            [new("of which cluster an alert is", s => s.Case.Deliver(Case.AlertOf("KubeAPIDown", ("job", "apiserver"))))], MustAct: true),
        new("much has been broken for days", OneBadPod, BrokenForDays,
            [
                new("since when it is sick", s => s.Change(
                    f => f["workload"].StartsWith("old", StringComparison.Ordinal), ("sick_minutes", "5"))),
            ],
            MustAct: true),
        .. JudgedDescriptors.List,
    ];

    private static Action<Scene> Changed(Action<Scene> change) => s => s.Afterwards.Add(change);

    /// <summary>Its controller has made another one.</summary>
    private static V1Pod Replaced(Scene s)
    {
        s.Cluster.Run(s.Newest!, 1, 5);
        return s.Sick[0];
    }

    private static Action<Scene> OthersServe(int count, int readyFor = 14) => s => s.Afterwards.Add(x =>
        x.Cluster.Run(x.Newest!, count, readyFor));

    private static void OneNode(Scene s) => s.Afterwards.Add(x =>
    {
        x.Sick.ForEach(p => p.Spec.NodeName = "node-1");
        x.Cluster.Run(x.Newest!, 2, 14).ForEach(p => p.Spec.NodeName = x.Random.Next(2) == 0 ? "node-2" : "node-3");
    });

    private static Action<Scene> NodeOfAnother(int count, bool servesElsewhere) => s => s.Afterwards.Add(x =>
    {
        x.Sick.ForEach(p => p.Spec.NodeName = "node-1");
        for (var i = 0; i < count; i++)
        {
            var set = x.Cluster.RollOut(Other(x, $"web{i}"), 9000);
            x.Cluster.Run(set, 1, 9000)[0].NotReady(x.Random.Next(3, 20)).Spec.NodeName = "node-1";
            if (servesElsewhere)
                x.Cluster.Run(set, 1, 9000)[0].Spec.NodeName = "node-2";
        }
    });

    private static void Rebooted(Scene s)
    {
        var pod = s.Sick[0].Running(2, ready: false);
        pod.Spec.Containers[0].StartupProbe = new() { PeriodSeconds = 60, FailureThreshold = 40 };
        pod.Status.Conditions.Single(c => c.Type == "Initialized").LastTransitionTime = Controllers.Ago(9000);
        pod.Status.ContainerStatuses[0].RestartCount = s.Random.Next(2, 6);
        pod.Status.ContainerStatuses[0].LastState = new()
        {
            Terminated = new() { ExitCode = 255, Reason = "Unknown", StartedAt = Controllers.Ago(7), FinishedAt = Controllers.Ago(2.5) },
        };
    }

    private static void SinceAMoment(Scene s)
    {
        s.Sick.ForEach(p => p.NotReady(s.Random.Next(0, 3)));
        s.Cluster.Later.Add((CaseCluster.Now.AddMinutes(5), () => s.Sick.ForEach(p => p.Running(-5))));
    }

    private static void StartsSlowly(Scene s, bool restarted)
    {
        var began = s.Random.Next(1, 4);
        foreach (var pod in s.Sick)
        {
            pod.Running(began, ready: false);
            var (status, ready) = (pod.Status.ContainerStatuses[0], pod.Status.Conditions.Single(c => c.Type == "Ready"));
            pod.Spec.Containers[0].StartupProbe = new() { PeriodSeconds = 60, FailureThreshold = 20 };
            if (restarted)
                (status.RestartCount, ready.LastTransitionTime) = (1, Controllers.Ago(began));
            else
                ready.LastTransitionTime = pod.Metadata.CreationTimestamp;
        }

        s.Cluster.Later.Add((CaseCluster.Now.AddMinutes(12), () => s.Sick.ForEach(p => p.Running(-12))));
    }

    private static void LateForAMoment(Scene s)
    {
        s.Sick[0].NotReady(s.Random.Next(3, 6));
        s.Cluster.Later.Add((CaseCluster.Now.AddMinutes(4.5), () => s.Sick[0].Running(-4.5)));
    }

    private static void Marked(Scene s)
    {
        var (mark, value) = s.Random.Next(2) == 0
            ? ("karpenter.sh/do-not-disrupt", "true")
            : ("cluster-autoscaler.kubernetes.io/safe-to-evict", "false");
        s.Sick[0].Metadata.Annotations = new Dictionary<string, string> { [mark] = value };
    }

    private static Action<Scene> Logged(params string[] last) => s => s.Afterwards.Add(x => x.Sick.ForEach(p => x.Cluster.Logs[p.Name()] =
        ["starting", last[x.Random.Next(last.Length)]]));

    private static void Waits(Scene s) => s.Afterwards.Add(x => x.Sick.ForEach(p => x.Cluster.Logs[p.Name()] =
        ["I1126 leaderelection.go:248] attempting to acquire leader lease shop/api...", "serving metrics on :8080"]));

    private static void Ends(Scene s) => s.Afterwards.Add(x =>
    {
        x.Sick[0].Crashing(4, code: 0, reason: "Completed");
        x.Cluster.Tell(x.Sick[0], "Unhealthy", "Liveness probe failed: Get \"http://10.0.0.1/\": context deadline exceeded");
    });

    private static Action<Scene> Marker(string annotation) => s => s.BeforeRollOut.Add(x =>
    {
        SameImage(x);
        x.Deployment.Spec.Template.Metadata.Annotations = new Dictionary<string, string> { [annotation] = $"{x.Random.Next()}" };
    });

    private static void SameImage(Scene s) => s.Template.Containers[0].Image = "remediator.test/busybox:1";

    private static void Injected(Scene s) => s.Afterwards.Add(x =>
    {
        foreach (var pod in x.Sick)
        {
            var crash = pod.Status.ContainerStatuses[0];
            crash.Name = "istio-proxy";
            pod.Spec.Containers.Add(new() { Name = "istio-proxy", Image = "istio/proxyv2:1" });
            pod.Status.ContainerStatuses.Add(
                new() { Name = "main", Ready = true, State = new() { Running = new() { StartedAt = Controllers.Ago(2) } } });
        }
    });

    private static void Agent(Scene s) => s.Afterwards.Add(x => x.Sick.ForEach(p =>
    {
        if (x.Random.Next(2) == 0)
        {
            p.Spec.Containers[0].Env = [.. p.Spec.Containers[0].Env ?? [], new() { Name = "NODE_OPTIONS", Value = "--require /a.js" }];
            return;
        }

        p.Spec.InitContainers = [new() { Name = "agent", Image = "agent:2" }];
        p.Status.InitContainerStatuses =
            [new() { Name = "agent", State = new() { Terminated = new() { ExitCode = 0, FinishedAt = Controllers.Ago(2) } } }];
    }));

    private static void Lowered(Scene s)
    {
        s.Template.Containers[0].Resources = Memory("3200Mi");
        s.Afterwards.Add(x => x.Sick.ForEach(p =>
        {
            p.Crashing(4, code: 137, reason: "OOMKilled");
            p.Spec.Containers[0].Resources = Memory("256Mi");
        }));
    }

    private static V1ResourceRequirements Memory(string limit) =>
        new() { Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new(limit) } };

    private static void Migrated(Scene s)
    {
        s.BeforeRollOut.Add(x => x.Template.InitContainers = [new() { Name = "migrate", Image = "remediator.test/api:2" }]);
        var done = new V1ContainerState { Terminated = new() { ExitCode = 0, Reason = "Completed", FinishedAt = Controllers.Ago(2) } };
        s.Afterwards.Add(x => x.Sick.ForEach(p => p.Status.InitContainerStatuses = [new() { Name = "migrate", State = done }]));
    }

    private static void MigrationCrashes(Scene s)
    {
        V1Container migration = s.Random.Next(3) switch
        {
            0 => new() { Name = "db-migrate", Image = "remediator.test/api:2" },
            1 => new() { Name = "schema", Image = "flyway/flyway:10" },
            _ => new() { Name = "prepare", Image = "remediator.test/api:2", Args = ["rails", "db:migrate"] },
        };
        s.BeforeRollOut.Add(x => x.Template.InitContainers = [migration]);
        s.Afterwards.Add(x => x.Sick.ForEach(p =>
        {
            var crash = p.Status.ContainerStatuses[0];
            p.Status.ContainerStatuses = [new() { Name = "main", State = new() { Waiting = new() { Reason = "PodInitializing" } } }];
            crash.Name = migration.Name;
            (p.Status.Phase, p.Status.InitContainerStatuses) = ("Pending", [crash]);
        }));
    }

    private static void MigrationFailed(Scene s)
    {
        MigratedByAJob(s);
        s.Afterwards.Add(x => x.Cluster.Jobs[0].Status.Conditions[0].Type = "Failed");
    }

    /// <summary>By Helm before the upgrade, or beside it as an object of the release.</summary>
    private static void MigratedByAJob(Scene s)
    {
        var isHook = s.Random.Next(2) == 0;
        s.Deployment.Metadata.Labels = new Dictionary<string, string> { ["app.kubernetes.io/instance"] = "shop" };
        s.Afterwards.Add(x => x.Cluster.Jobs.Add(new()
        {
            Metadata = new()
            {
                Name = "shop-migrate", NamespaceProperty = "shop", Uid = "uid-migrate", CreationTimestamp = Controllers.Ago(x.Age + 1),
                Annotations = isHook ? new Dictionary<string, string> { ["helm.sh/hook"] = "pre-install,pre-upgrade" } : null,
                Labels = isHook ? null : new Dictionary<string, string> { ["app.kubernetes.io/instance"] = "shop" },
            },
            Spec = new() { Template = new() { Spec = new() { Containers = [new() { Name = "main" }] } } },
            Status = new() { Conditions = [new() { Type = "Complete", Status = "True", LastTransitionTime = Controllers.Ago(x.Age) }] },
        }));
    }

    private static void MigratedAndSafe(Scene s)
    {
        MigratedByAJob(s);
        s.Deployment.Metadata.Annotations = new Dictionary<string, string> { ["remediator.io/undo"] = "safe" };
    }

    private static void Pruned(Scene s)
    {
        s.Template.Containers[0].EnvFrom = [new() { ConfigMapRef = new() { Name = "conf-6k2h" } }];
        s.Cluster.Removed.Add("conf-6k2h");
        s.BeforeRollOut.Add(x => x.Template.Containers[0].EnvFrom = [new() { ConfigMapRef = new() { Name = "conf-9m4t" } }]);
    }

    private static void RolledWithOthers(Scene s)
    {
        s.Deployment.Metadata.Labels = new Dictionary<string, string> { ["app.kubernetes.io/part-of"] = "shop" };
        s.Afterwards.Add(x =>
        {
            var age = x.Age + x.Random.Next(0, 20);
            x.Cluster.Run(x.Cluster.RollOut(Other(x, "web"), age), 1, age);
        });
    }

    private static void Says(Scene s) => s.Afterwards.Add(x => x.Sick.ForEach(p => x.Cluster.Logs[p.Name()] =
        [Words[x.Random.Next(Words.Length)]]));

    private static Action<Scene> Owned(string kind) => s => s.Deployment.Metadata.OwnerReferences =
        [new() { ApiVersion = "example.com/v1", Kind = kind, Name = "api", Uid = "o", Controller = s.Random.Next(2) == 0 }];

    private static Action<Scene> Labelled(string label, string value) => s =>
        s.Deployment.Metadata.Labels = new Dictionary<string, string> { [label] = value };

    private static Action<Scene> Managed(string manager) => s =>
    {
        s.Deployment.Metadata.Labels = new Dictionary<string, string> { ["app.kubernetes.io/instance"] = "shop" };
        var fields = System.Text.Json.JsonDocument.Parse(
            """{"f:spec":{"f:template":{"f:spec":{"f:containers":{"k:{\"name\":\"main\"}":{"f:image":{}}}}}}}""").RootElement;
        s.Deployment.Metadata.ManagedFields = [new() { Manager = manager, Operation = "Apply", FieldsV1 = fields }];
    };

    private static void CannotBeMade(Scene s) => s.Afterwards.Add(x =>
    {
        x.Cluster.Events.Clear();
        x.Sick.ForEach(p => p.Held("CreateContainerError", "path \"/x\" is mounted on \"/x\" but it is not a shared or slave mount", 3));
    });

    private static void ChangedConfiguration(Scene s)
    {
        s.Age = s.Random.Next(45, 58);
        Logged("FATAL: invalid configuration option max_conn")(s);
    }

    private static void ClocksAhead(Scene s, double age)
    {
        s.Age = age;
        s.Afterwards.Add(x => x.Sick.ForEach(p => p.Shifted(x.Random.Next(25, 90))));
    }

    private static void NamespaceGoes(Scene s) => s.Cluster.Namespaces.Add(new()
    {
        Metadata = new() { Name = "shop", Uid = "ns", DeletionTimestamp = Controllers.Ago(s.Random.Next(0, 30)), Finalizers = ["x"] },
        Status = new() { Phase = "Terminating" },
    });

    private static void SameServer(Scene s) => s.Afterwards.Add(x =>
    {
        x.Cluster.Logs[x.Sick[0].Name()] = ["dial tcp: lookup db on 10.96.0.10:53: no such host"];
        foreach (var name in new[] { "web", "cart" })
        {
            x.Cluster.Run(x.Cluster.RollOut(Other(x, name), 9000), 1, 9000)[0].Crashing(4);
            x.Case.Waiting.Add(new()
            {
                Id = $"01{name}", Resource = new("test", "deployment", "shop", name), Problem = "restart-loop", Status = "held",
                Summary = "", OpenedAt = CaseCluster.Now.AddMinutes(-3), WaitsFor = "server db.shop",
            });
        }

        // its own is written with the evidence
        x.Case.Waiting.Add(x.Case.Waiting[0] with { Id = "01api", Resource = new("test", "deployment", "shop", "api") });
    });

    private static Action<Scene> Pull(string message) => s => s.Afterwards.Add(x =>
    {
        x.Cluster.Events.Clear();
        x.Sick.ForEach(p => x.Cluster.Tell(p, "Failed", $"Failed to pull image: {message}"));
    });

    private static void RegistryIsDown(Scene s) => s.Afterwards.Add(x =>
    {
        foreach (var name in new[] { "web", "mail", "cart" })
        {
            var other = Other(x, name);
            other.Spec.Template.Spec.Containers[0].Image = $"remediator.test/{name}:3";
            x.Cluster.Run(x.Cluster.RollOut(other, 5), 1, 5)[0].Held("ImagePullBackOff", "Back-off pulling image", 4);
        }
    });

    private static void ReadyAgain(Scene s)
    {
        var pod = s.Sick[0];
        for (var at = 0; at < 32; at++)
        {
            var second = at;
            // each look finds it ready for some seconds only
            s.Cluster.Later.Add((CaseCluster.Now.AddMinutes(second), () => pod.Recovered(4 + second, 0.1 - second)));
        }
    }

    private static void Budgets(Scene s) => s.Cluster.Budgets.AddRange(new[] { "chart", "platform" }.Select(n => new V1PodDisruptionBudget
    {
        Metadata = new() { Name = n, NamespaceProperty = "shop" },
        Spec = new() { Selector = new() { MatchLabels = new Dictionary<string, string> { ["app"] = "api" } } },
        Status = new() { DisruptionsAllowed = 1, CurrentHealthy = 2, DesiredHealthy = 1 },
    }));

    private static Action<Scene> Scaled(int current, int desired) => s => s.Cluster.Autoscalers.Add(new()
    {
        Metadata = new() { Name = "api", NamespaceProperty = "shop", Uid = "hpa" },
        Spec = new()
        {
            MinReplicas = 2,
            MaxReplicas = 10,
            ScaleTargetRef = new() { ApiVersion = "apps/v1", Kind = "Deployment", Name = s.Deployment.Name() },
        },
        Status = new() { CurrentReplicas = current, DesiredReplicas = desired, Conditions = [] },
    });

    private static void ScaledDown(Scene s)
    {
        s.Deployment.Spec.Replicas = 2;
        s.Sick[0].Terminating(s.Random.Next(0, 20));
    }

    private static void Probed(Scene s) => s.Afterwards.Add(x =>
    {
        x.Sick[0].Crashing(4, code: 137);
        var e = x.Cluster.Tell(x.Sick[0], "Killing", "Container main failed liveness probe, will be restarted");
        e.Type = "Normal";
    });

    private static void SlowStart(Scene s) => s.Afterwards.Add(x =>
        x.Sick[0].Spec.Containers[0].StartupProbe = new() { PeriodSeconds = 60, FailureThreshold = 120 });

    private static void Gated(Scene s) => s.Afterwards.Add(x =>
    {
        x.Sick[0].Spec.ReadinessGates = [new() { ConditionType = "target-health.elbv2.k8s.aws/api" }];
        x.Sick[0].Status.Conditions.Single(c => c.Type == "ContainersReady").Status = "True";
        x.Sick[0].Status.ContainerStatuses[0].Ready = true;
    });

    private static void Sidecar(Scene s) => s.Afterwards.Add(x =>
    {
        x.Sick[0].Status.ContainerStatuses[0].Ready = true;
        x.Sick[0].Spec.InitContainers = [new() { Name = "agent", RestartPolicy = "Always" }];
        x.Sick[0].Status.InitContainerStatuses =
            [new() { Name = "agent", Ready = false, State = new() { Running = new() { StartedAt = Controllers.Ago(60) } } }];
    });

    private static Action<Scene> Fires(string alert, params (string Label, string Value)[] labels) => s =>
        s.Afterwards.Add(x => x.Case.Deliver(Case.AlertOf(alert, labels)));

    private static void BrokenForDays(Scene s) => s.Afterwards.Add(x =>
    {
        for (var i = 0; i < 14; i++)
        {
            var other = Other(x, $"old{i}").With("Available", "False", "MinimumReplicasUnavailable", "");
            other.Status.Conditions[^1].LastTransitionTime = Controllers.Ago(5000);
            x.Cluster.Run(x.Cluster.RollOut(other, 9000), 1, 9000)[0].NotReady(5000);
        }
    });

    private static V1Deployment Other(Scene s, string name)
    {
        var other = Controllers.Copy(s.Deployment);
        (other.Metadata.Name, other.Metadata.Uid, other.Status, other.Spec.Replicas) = (name, $"uid-{name}", new(), 1);
        s.Cluster.Deployments.Add(other);
        return other;
    }
}

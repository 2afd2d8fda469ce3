using k8s.Models;

namespace Remediator.Definitions.Tests.Cases;

/// <summary>Further public reports: of what looks like the fault of a release, or like work, and is neither.</summary>
public sealed class FurtherCasesTests
{
    private const string UndoCrash = "**does**: undo the rollout that broke it";

    /// <summary>Build numbers are tags, and a tag may look like a status.</summary>
    [Theory]
    [InlineData("failed to resolve reference \"r.example/api:502\": r.example/api:502: not found")]
    [InlineData("failed to resolve reference \"r.example/api:1.2.403\": r.example/api:1.2.403: not found")]
    [InlineData("failed to resolve reference \"r.example/api:build-429\": r.example/api:build-429: not found")]
    [InlineData("reading manifest 503 in r.example/api: manifest unknown")]
    [InlineData("reading manifest 401 in r.example/api: manifest unknown")]
    public void ImageThatIsNotThere_WhateverItsTagLooksLike_IsUndone(string sentence) =>
        Assert.Equal("**does**: undo the rollout to an image that is not there", Pull(sentence));

    /// <summary>
    /// distribution/distribution #4477, spegel-org/spegel #504, goharbor/harbor #13153 (a mirror does not have it, and the registry may),
    /// docker/hub-feedback #2039 and goharbor/harbor #22747 (a layer is missing, for a moment).
    /// </summary>
    [Theory]
    [InlineData(
        "failed to resolve reference \"r.example/api:2\": unexpected status from HEAD request to "
            + "https://mirror.example/v2/api/manifests/2?ns=r.example: 404 Not Found")]
    [InlineData(
        "failed to copy: httpReadSeeker: failed open: unexpected status code https://r.example/v2/api/blobs/sha256:aa: 404 Not Found - "
            + "Server message: blob unknown to registry")]
    [InlineData("error pulling image configuration: download failed after attempts=1: unknown blob")]
    [InlineData("MANIFEST_BLOB_UNKNOWN: manifest unknown: blob unknown to registry")]
    public void AnswerThatIsNotOfTheWholeImage_UndoesNothing(string sentence)
    {
        var said = Pull(sentence);
        Assert.StartsWith("tells a person", said, StringComparison.Ordinal);
        Assert.DoesNotContain("registry does not have it", said, StringComparison.Ordinal);
    }

    /// <summary>
    /// prometheus-community/helm-charts #2169, helm/charts #22737 and #17737, m88i/nexus-operator #191 (the lock of a volume),
    /// deckhouse/deckhouse #1481, apache/yunikorn-release #125 (a port of the host): the old pod has what the new one needs, and goes only
    /// when that is ready.
    /// </summary>
    [Theory]
    [InlineData("opening storage failed: lock DB directory: resource temporarily unavailable")]
    [InlineData("LightningDB.LightningException: Resource temporarily unavailable")]
    [InlineData("IO error: While lock file: /data/LOCK: Resource temporarily unavailable")]
    [InlineData("Opening storage failed: open DB in /prometheus-data: Locked by other process")]
    [InlineData("java.lang.IllegalStateException: failed to obtain node locks, tried [/data] with lock id [0]")]
    [InlineData("sqlite3.OperationalError: database is locked")]
    [InlineData("failed to listen: listen tcp 192.168.176.29:12302: bind: address already in use")]
    [InlineData("Web server failed to start. Port 8080 was already in use.")]
    [InlineData("Error: listen EADDRINUSE: address already in use :::3000")]
    public void WhatAnOldPodHolds_IsNoFaultOfTheRelease(string line) => IsTold(line);

    /// <summary>GoogleCloudPlatform/microservices-demo #2688, xelalexv/dregsy #115: nodes of another processor were added.</summary>
    [Theory]
    [InlineData("exec /app/server: exec format error")]
    [InlineData("standard_init_linux.go:228: exec user process caused: exec format error")]
    [InlineData("./app: cannot execute binary file: Exec format error")]
    public void ProgramForAnotherProcessor_IsNoFaultOfTheRelease(string line) => IsTold(line);

    /// <summary>What a service says that it calls, by HTTP too, and what a license or a vault says.</summary>
    [Theory]
    [InlineData("HttpServerErrorException$ServiceUnavailable: 503 Service Unavailable: [no body]")]
    [InlineData("GET https://auth.example/keys: 502 Bad Gateway")]
    [InlineData("request to https://api.example failed: 429 Too Many Requests")]
    [InlineData("org.apache.kafka.common.errors.TimeoutException: Topic orders not present in metadata after 60000 ms")]
    [InlineData("Error making API request. Code: 503. Errors: * Vault is sealed")]
    [InlineData("startup aborted: license expired on 2026-11-01")]
    public void ServiceThatIsNeeded_IsNoFaultOfTheRelease(string line) => IsTold(line);

    /// <summary>
    /// spinnaker/spinnaker #6625, camunda/camunda #48343: who ends a pod in the middle of a migration leaves its lock behind, and no pod
    /// of any release starts any more.
    /// </summary>
    [Theory]
    [InlineData("l.lockservice.StandardLockService: Waiting for changelog lock....", true)]
    [InlineData("Migrating schema \"public\" to version \"42 - orders\"", true)]
    [InlineData("INFO  [alembic.runtime.migration] Running upgrade 1975ea83b712 -> ae1027a6acf, add orders", true)]
    [InlineData("Running migrations:", true)]
    [InlineData("Reindexing orders: 41% of 120000000", true)]
    [InlineData("Successfully applied 3 migrations to schema \"public\"", false)]
    public void RolloutWhosePodsMigrate_IsNotEndedInTheMiddleOfIt(string line, bool goesOn) => Assert.StartsWith(
        goesOn ? "tells a person" : "**does**: undo",
        Judged(JudgedScenes.Stuck, Logs("starting", line)), StringComparison.Ordinal);

    /// <summary>What it said in the middle of its log is over.</summary>
    [Fact]
    public void MigrationThatIsOver_IsNoReasonToWait() => Assert.StartsWith(
        "**does**: undo", Judged(JudgedScenes.Stuck, Logs("Running migrations:", "panic: no such flag")), StringComparison.Ordinal);

    /// <summary>What is being deleted, alone or with its namespace, is nobody's trouble (kubernetes/kubernetes #65569, #60807).</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WorkloadThatIsBeingDeleted_IsLeftToThat(bool badRollout) => Assert.Equal(
        "waits: held: deployment shop/api is being deleted",
        Judged(
            badRollout ? JudgedScenes.BadRollout : JudgedScenes.OneBadPod,
            s => s.Deployment.Metadata.DeletionTimestamp = Controllers.Ago(5)));

    /// <summary>
    /// Image gone from the registry after a release that ran (its tag was cleaned up), and the Secret of one whose pods a drain has all
    /// moved: all pods are sick, and no release is at fault.
    /// </summary>
    [Theory]
    [InlineData("ImagePullBackOff", "Failed to pull image: reading manifest 2 in r.example/api: manifest unknown")]
    [InlineData("CreateContainerConfigError", "Error: configmap \"conf\" not found")]
    [InlineData("CreateContainerConfigError", "Error: couldn't find key url in Secret shop/db")]
    public void ReleaseThatRan_AndOfWhichAllPodsWereMoved_IsNotUndone(string waiting, string message)
    {
        var scene = new Scene(2) { Alert = "KubeContainerWaiting" };
        var set = scene.Cluster.RollOut(scene.Deployment, 9000);
        scene.Template.Containers[0].Image = "r.example/api:2";
        scene.Newest = scene.Cluster.RollOut(scene.Deployment, 100);
        var ran = scene.Cluster.Run(scene.Newest, 3, 95);
        scene.Cluster.See(CaseCluster.Now.AddMinutes(-5));
        ran.ForEach(p => scene.Cluster.Pods.Remove(p));
        scene.Sick = scene.Cluster.Run(scene.Newest, 3, 4);
        foreach (var pod in scene.Sick)
        {
            pod.Held(waiting, message, 3);
            scene.Cluster.Tell(pod, "Failed", message);
        }

        Assert.NotNull(set);
        Assert.StartsWith("tells a person", Said(scene), StringComparison.Ordinal);
    }

    /// <summary>
    /// kubernetes/kubernetes #139226 and #117658: a DaemonSet begins with the node on which it does not work already; what fails on two
    /// nodes fails of itself.
    /// </summary>
    [Theory]
    [InlineData(5, 1, "tells a person")]
    [InlineData(2, 1, "tells a person")]
    [InlineData(50, 1, "tells a person")]
    [InlineData(5, 2, UndoCrash)]
    [InlineData(50, 3, UndoCrash)]
    public void RolloutOfADaemonSet_IsUndoneOnlyWhereItFailsOnTwoNodes(int nodes, int updated, string expected) => Assert.StartsWith(
        expected,
        Judged(JudgedScenes.BadRollout, s => s.Afterwards.Add(x => DaemonSets.Of(x, nodes, updated, sick: updated))),
        StringComparison.Ordinal);

    /// <summary>Which a budget selects by an expression, or as all pods of its namespace: it counts as one of two all the same.</summary>
    [Theory]
    [InlineData("expression")]
    [InlineData("exists")]
    [InlineData("everything")]
    public void SecondBudget_HoweverItSelects_IsNamed(string how)
    {
        var (shop, pods) = CasesOfPodsTests.Recovering("24-two-budgets", "deploy.yaml", 3);
        shop.Apply("pdb-1.33.yaml");
        shop.Cluster.Budgets[1].Spec.Selector = how switch
        {
            "expression" => new() { MatchExpressions = [new() { Key = "app", OperatorProperty = "In", Values = ["web", "api"] }] },
            "exists" => new() { MatchExpressions = [new() { Key = "app", OperatorProperty = "Exists" }] },
            _ => new(),
        };
        pods[0].Crashing(3, code: 3);
        var (decision, reason) = shop.Judge("alert.json", pods[0]);
        Assert.Equal("tells a person", decision);
        Assert.Contains("of-the-chart and of-the-platform", $"{reason} {shop.Events[^1]} {Told(shop)}", StringComparison.Ordinal);
    }

    private static string Told(Case shop) =>
        string.Join(' ', shop.Events.OfType<Core.Events.Escalated>().Select(e => e.Reason));

    private static void IsTold(string line)
    {
        foreach (var set in new[] { JudgedScenes.BadRollout, JudgedScenes.Stuck })
        {
            var said = Judged(set, Logs("starting", line));
            Assert.StartsWith("tells a person", said, StringComparison.Ordinal);
            Assert.Contains(line, said, StringComparison.Ordinal);
        }

        Assert.Equal(UndoCrash, Judged(JudgedScenes.BadRollout, Logs("starting", "panic: no such flag")));
    }

    private static Action<Scene> Logs(params string[] lines) => s =>
        s.Afterwards.Add(x => x.Sick.ForEach(p => x.Cluster.Logs[p.Name()] = lines));

    private static string Pull(string sentence) => Judged(JudgedScenes.NoImage, s => s.Afterwards.Add(x =>
    {
        x.Cluster.Events.Clear();
        x.Sick.ForEach(p => x.Cluster.Tell(p, "Failed", $"Failed to pull image: {sentence}"));
    }));

    private static string Judged(Action<Scene> set, Action<Scene> lay)
    {
        var scene = new Scene(2);
        lay(scene);
        set(scene);
        scene.Afterwards.ForEach(a => a(scene));
        return Said(scene);
    }

    private static string Said(Scene scene)
    {
        var (decision, reason) = scene.Judge();
        return $"{decision}: {reason}";
    }
}

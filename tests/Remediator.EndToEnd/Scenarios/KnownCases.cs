using k8s;
using k8s.Models;
using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>
/// The cases of docs/known-cases.md that hang on what a real API server, controller, kubelet or runtime does, side by side under one engine
/// that may do everything. Case 05 has a machine that is off and is by itself, as is case 20.
/// </summary>
[Trait("Needs", "Cluster")]
public sealed class KnownCases
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CasesOfOthers_OnARealCluster_EndAsIsRight()
    {
        using var files = new Workspace("known-cases");
        // all of them are sick at the same time, with those of the scenarios beside this one
        File.WriteAllText(files["policy.yaml"], "storm: { cluster_workloads: { more_than: 99%, at_least: 1000 } }\n");
        await using var scenario = await Scenario.StartAsync("known-cases", new()
        {
            Settings = new Dictionary<string, string> { ["Definitions:Policy"] = files["policy.yaml"] },
        });
        var rolledOut = new TaskCompletionSource[] { new(), new() };
        var rollouts = new[]
        {
            AloneAsync(scenario, "01-restart-is-no-rollout", it => C01_RestartByAPersonAsync(it, rolledOut[0])),
            AloneAsync(scenario, "07-owned-by-an-operator", it => C07_OwnedByAControllerAsync(it, rolledOut[1])),
        };
        // pods that are older than a rollout, and sick on the one node of its pods, would speak for the rollout
        await Task.WhenAny(Task.WhenAll(rolledOut.Select(r => r.Task)), Task.WhenAll(rollouts));
        var faults = await Task.WhenAll(
            rollouts[0], rollouts[1],
            AloneAsync(scenario, "02-secret-gone-after-a-good-rollout", C02_SecretGoneAsync),
            AloneAsync(scenario, "11-quota-stops-the-rollout", C11_QuotaIsUsedUpAsync),
            AloneAsync(scenario, "17-not-found-is-not-the-registry", C17_NotFoundOfTheRuntimeAsync),
            AloneAsync(scenario, "18-create-container-error", C18_NodeCannotMakeItAsync),
            AloneAsync(scenario, "24-two-budgets", C24_TwoBudgetsAsync),
            FaultOfAsync("04 and 10", () => NothingIsDoneAsync(scenario)));
        Assert.True(faults.All(f => f is null), string.Join("\n\n", faults.OfType<string>()));
    }

    private static Task<string?> AloneAsync(Scenario scenario, string folder, Func<CaseSpace, Task> run) =>
        FaultOfAsync(folder, async () =>
        {
            await using var it = await CaseSpace.CreateAsync(scenario, folder);
            await run(it);
        });

    private static async Task<string?> FaultOfAsync(string name, Func<Task> run)
    {
        try
        {
            await run();
            return null;
        }
        catch (Exception e) when (!Token.IsCancellationRequested)
        {
            return $"Case {name}: {e}";
        }
    }

    /// <summary>Its log names no dependency here: that the templates are alike is all that speaks for it.</summary>
    private static async Task C01_RestartByAPersonAsync(CaseSpace it, TaskCompletionSource rolledOut)
    {
        await it.ApplyAsync("v1.yaml", 2, t => t.Replace("cannot reach $DATABASE", "the process ended", StringComparison.Ordinal));
        await it.AwaitGoodAsync();
        await it.Sandbox.Client.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch("""{"data":{"DATABASE":"db-2"}}""", V1Patch.PatchType.MergePatch), "app-config", it.Namespace,
            cancellationToken: Token);
        await PatchAsync(
            it, """{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"2026-11-26T11:58:00Z"}}}}}""");
        await Wait.UntilAsync(
            "both pods of the newest revision, crashing",
            async () => (await it.Sandbox.PodsAsync("api")).Count(Sandbox.IsCrashing) == 2, Token, it.Sandbox.DescribeAsync);
        rolledOut.SetResult();
        await it.FireAsync((await it.Sandbox.PodsAsync("api"))[0]);
        await it.IsForPeopleAsync("kubectl.kubernetes.io/restartedAt alone");
    }

    private static async Task C02_SecretGoneAsync(CaseSpace it)
    {
        await it.ApplyAsync("v1.yaml", 2);
        await VersionTwoAsync(it);
        await it.Sandbox.AwaitReadyAsync("api");
        await it.Sandbox.Client.CoreV1.DeleteNamespacedSecretAsync("db", it.Namespace, cancellationToken: Token);
        await PatchAsync(it, """{"spec":{"replicas":3}}""");
        await it.FireAsync(await AwaitWaitingAsync(it, "CreateContainerConfigError"));
        await it.IsForPeopleAsync("secret/db");
        Assert.Equal(2, (await it.Sandbox.PodsAsync("api")).Count(IsReady));
    }

    /// <summary>New pods are never ready, and old ones serve: but for its owner it would be undone.</summary>
    private static async Task C07_OwnedByAControllerAsync(CaseSpace it, TaskCompletionSource rolledOut)
    {
        var owner = await it.Sandbox.Client.CoreV1.CreateNamespacedConfigMapAsync(
            new() { Metadata = new() { Name = "api-app" } }, it.Namespace, cancellationToken: Token);
        await it.ApplyAsync("deploy.yaml", 2, t => t.Replace("@UID@", owner.Uid(), StringComparison.Ordinal));
        await it.Sandbox.RolloutAsync(
            "api",
            Container(
                ("env", new[] { new { name = "CRASH", value = "1" } }),
                ("readinessProbe", new { exec = new { command = new[] { "test", "-e", "/serves" } } })));
        var crashing = await it.Sandbox.AwaitCrashingPodAsync("api");
        rolledOut.SetResult();
        await it.FireAsync(crashing);
        await it.IsForPeopleAsync("is managed by ConfigMap api-app");
    }

    private static async Task C11_QuotaIsUsedUpAsync(CaseSpace it)
    {
        await it.ApplyAsync("v1.yaml");
        await VersionTwoAsync(it);
        await Wait.UntilAsync(
            "a rollout whose progress deadline has passed",
            async () => (await it.Sandbox.DeploymentAsync("api")).Status.Conditions.Any(c => c is { Type: "Progressing", Status: "False" }),
            Token, it.Sandbox.DescribeAsync);
        await it.FireAsync();
        await it.IsForPeopleAsync("resourcequota/pods");
    }

    /// <summary>The kubelet asks a registry that there is not; beside its words stand those of a runtime whose store is broken.</summary>
    private static async Task C17_NotFoundOfTheRuntimeAsync(CaseSpace it)
    {
        await it.ApplyAsync("v1.yaml", 2);
        await it.Sandbox.RolloutAsync("api", Container(("image", "remediator.test/api:2")));
        var bad = await AwaitWaitingAsync(it, "ImagePullBackOff");
        var said = it.Text("event.json").Replace("@POD@", bad.Name(), StringComparison.Ordinal)
            .Replace("@UID@", bad.Uid(), StringComparison.Ordinal)
            .Replace("@NOW@", TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ"), StringComparison.Ordinal);
        await it.Sandbox.Client.CoreV1.CreateNamespacedEventAsync(
            KubernetesJson.Deserialize<Corev1Event>(said), it.Namespace, cancellationToken: Token);
        await it.FireAsync(bad);
        // a pull that is tried anew on another node harms nobody; what is wrong is to take back the release
        var story = await it.AwaitOutcomeAsync();
        Assert.False(story.Has<ApprovalRequested>(a => a.Use == "kubernetes.rollout-undo"), story.Timed);
        Assert.False(story.Has<ActionIntended>(a => a.Use == "kubernetes.rollout-undo"), story.Timed);
        Assert.DoesNotContain(
            story.All<Escalated>(), e => e.Message.Contains("the registry does not have it", StringComparison.Ordinal));
    }

    /// <summary>The seccomp profile that its pods run under is gone from the node (security-profiles-operator #878).</summary>
    private static async Task C18_NodeCannotMakeItAsync(CaseSpace it)
    {
        // where a kubelet looks for them, whatever its own folder is
        var profile = Path.Combine(Directory.CreateDirectory("/var/lib/kubelet/seccomp").FullName, $"{it.Namespace}.json");
        await File.WriteAllTextAsync(profile, """{"defaultAction":"SCMP_ACT_ALLOW"}""", Token);
        try
        {
            var local = $"{{ type: Localhost, localhostProfile: {it.Namespace}.json }}";
            await it.ApplyAsync(
                "v1.yaml", 2, t => Cut(t, "volumeMounts:", "volumes:") + $"          securityContext: {{ seccompProfile: {local} }}\n");
            await VersionTwoAsync(it);
            await it.Sandbox.AwaitReadyAsync("api");
        }
        finally
        {
            File.Delete(profile);
        }

        await PatchAsync(it, """{"spec":{"replicas":3}}""");
        await it.FireAsync(await AwaitWaitingAsync(it, "CreateContainerError"));
        await it.IsForPeopleAsync($"{it.Namespace}.json");
        Assert.Equal(2, (await it.Sandbox.PodsAsync("api")).Count(IsReady));
    }

    private static async Task C24_TwoBudgetsAsync(CaseSpace it)
    {
        await it.ApplyAsync("deploy.yaml", 2);
        foreach (var name in new[] { "of-the-chart", "of-the-platform" })
            await it.Sandbox.BudgetAsync("api", minAvailable: 1, name);
        await it.FireAsync(await CrashingAsync(it));
        await it.IsForPeopleAsync("of-the-chart and of-the-platform");
    }

    /// <summary>A third workload, of which one pod crashes on, has that pod evicted: so would theirs, were they taken for sick.</summary>
    private static async Task NothingIsDoneAsync(Scenario scenario)
    {
        await using var recovered = await CaseSpace.CreateAsync(scenario, "04-recovered-pod-is-evicted");
        await using var terminating = await CaseSpace.CreateAsync(scenario, "10-terminating-pod-counts");
        await using var crashing = await CaseSpace.CreateAsync(scenario, "10-terminating-pod-counts");
        try
        {
            await Task.WhenAll(
                recovered.ApplyAsync("deploy.yaml", 2), terminating.ApplyAsync("deploy.yaml"), crashing.ApplyAsync("deploy.yaml"));
            var gone = C10_TerminatingPodAsync(terminating);
            var well = await C04_RecoveredPodAsync(recovered);
            await gone;
            await crashing.FireAsync(await CrashingAsync(crashing));

            var done = await crashing.AwaitAsync("an eviction", s => s.Has<ActionSucceeded>());
            Assert.Equal("kubernetes.evict-pod", Assert.Single(done.All<ActionIntended>()).Use);
            await recovered.IsNobodysAsync();
            await terminating.IsNobodysAsync();
            Assert.Contains(well.Uid(), (await recovered.Sandbox.PodsAsync("api")).Select(p => p.Uid()));
        }
        finally
        {
            var pods = await terminating.Sandbox.Client.CoreV1.ListNamespacedPodAsync(terminating.Namespace);
            await Task.WhenAll(
                pods.Items.Where(p => p.Metadata.Finalizers?.Count > 0).Select(p => FinalizersAsync(terminating, p, "null")));
        }
    }

    private static async Task<V1Pod> C04_RecoveredPodAsync(CaseSpace it)
    {
        var pod = (await it.Sandbox.PodsAsync("api"))[0];
        await it.Sandbox.ExecuteAsync(pod, Workloads.Shell("echo 1 >/state/crashes; touch /state/die"));
        var well = await it.Sandbox.AwaitPodAsync(
            "api", "that crashed twice, and has been ready since", p => p.Uid() == pod.Uid() && Sandbox.Restarts(p) >= 2
                && p.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" }
                    && TimeProvider.System.GetUtcNow().UtcDateTime - c.LastTransitionTime > TimeSpan.FromSeconds(20)));
        await it.FireAsync(well);
        return well;
    }

    private static async Task C10_TerminatingPodAsync(CaseSpace it)
    {
        var pod = (await it.Sandbox.PodsAsync("api"))[0];
        await FinalizersAsync(it, pod, """["example.com/reporter"]""");
        await it.Sandbox.SpoilAsync(pod);
        await it.Sandbox.Client.CoreV1.DeleteNamespacedPodAsync(pod.Name(), it.Namespace, cancellationToken: Token);
        await Wait.UntilAsync(
            "two ready pods beside the one that only hangs in Terminating",
            async () => (await it.Sandbox.PodsAsync("api")).Count(IsReady) == 2, Token, it.Sandbox.DescribeAsync);
        await it.FireAsync(pod);
    }

    private static async Task<V1Pod> CrashingAsync(CaseSpace it)
    {
        var pod = (await it.Sandbox.PodsAsync("api"))[0];
        await it.Sandbox.SpoilAsync(pod);
        return pod;
    }

    private static Task<V1Pod> AwaitWaitingAsync(CaseSpace it, string reason) => it.Sandbox.AwaitPodAsync(
        "api", $"that waits: {reason}", p => p.Status.ContainerStatuses?.Any(c => c.State?.Waiting?.Reason == reason) == true);

    private static Task VersionTwoAsync(CaseSpace it) =>
        it.Sandbox.RolloutAsync("api", Container(("env", new[] { new { name = "VERSION", value = "2" } })));

    /// <summary>A template with these alone of its container.</summary>
    private static object Container(params (string Field, object Value)[] fields) => new
    {
        containers = new[] { fields.Append(("name", (object)Workloads.Container)).ToDictionary() },
    };

    private static Task<V1Deployment> PatchAsync(CaseSpace it, string patch) => it.Sandbox.Client.AppsV1.PatchNamespacedDeploymentAsync(
        new V1Patch(patch, V1Patch.PatchType.StrategicMergePatch), "api", it.Namespace, cancellationToken: Token);

    private static Task<V1Pod> FinalizersAsync(CaseSpace it, V1Pod pod, string to) => it.Sandbox.Client.CoreV1.PatchNamespacedPodAsync(
        new V1Patch($$$"""{"metadata":{"finalizers":{{{to}}}}}""", V1Patch.PatchType.MergePatch), pod.Name(), it.Namespace,
        cancellationToken: Token);

    private static bool IsReady(V1Pod pod) => pod.Status.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true;

    /// <summary>Without the lines that begin so.</summary>
    private static string Cut(string text, params IReadOnlyList<string> beginnings) => string.Concat(text.Split('\n')
        .Where(l => !beginnings.Any(b => l.TrimStart().StartsWith(b, StringComparison.Ordinal))).Select(l => $"{l}\n"));
}

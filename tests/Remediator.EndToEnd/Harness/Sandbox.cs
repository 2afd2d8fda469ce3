using k8s;
using k8s.Models;

namespace Remediator.EndToEnd.Harness;

/// <summary>A namespace of the tests' cluster that one scenario has to itself.</summary>
internal sealed class Sandbox : IAsyncDisposable
{
    public const string Variable = "REMEDIATOR_TEST_KUBECONFIG";

    private Sandbox(Kubernetes client, string kubeconfig, string space)
    {
        Client = client;
        Kubeconfig = kubeconfig;
        Namespace = space;
    }

    public Kubernetes Client { get; }

    public string Kubeconfig { get; }

    public string Namespace { get; }

    public static async Task<Sandbox> CreateAsync(string name)
    {
        var kubeconfig = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(
            string.IsNullOrEmpty(kubeconfig), $"{Variable} names no kubeconfig of a cluster for tests; tests/run brings one up.");
        var client = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
        var space = $"{name}-{Guid.NewGuid():N}"[..(name.Length + 7)];
        await client.CoreV1.CreateNamespaceAsync(
            new() { Metadata = new() { Name = space } }, cancellationToken: TestContext.Current.CancellationToken);
        return new(client, kubeconfig!, space);
    }

    public Task<V1Deployment> CreateAsync(V1Deployment deployment) =>
        Client.AppsV1.CreateNamespacedDeploymentAsync(deployment, Namespace, cancellationToken: TestContext.Current.CancellationToken);

    public Task<V1Deployment> DeploymentAsync(string name) =>
        Client.AppsV1.ReadNamespacedDeploymentAsync(name, Namespace, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>What a release does: another template.</summary>
    public Task RolloutAsync(string name, object templateSpec) => ReleaseAsync(name, new { template = new { spec = templateSpec } });

    /// <summary>
    /// A container that runs for a moment before it crashes does not make it available, so that the rollout stands still and the pods of
    /// the release before stay.
    /// </summary>
    public Task RolloutScriptAsync(string name, string script)
    {
        var containers = new[] { new { name = Workloads.Container, command = Workloads.Shell(script) } };
        return ReleaseAsync(name, new { minReadySeconds = 8, template = new { spec = new { containers } } });
    }

    private Task<V1Deployment> ReleaseAsync(string name, object spec) => Client.AppsV1.PatchNamespacedDeploymentAsync(
        new V1Patch(new { spec }, V1Patch.PatchType.StrategicMergePatch),
        name, Namespace, cancellationToken: TestContext.Current.CancellationToken);

    /// <param name="value">Null takes it away.</param>
    public Task AnnotateAsync(string deployment, string annotation, string? value) =>
        Client.AppsV1.PatchNamespacedDeploymentAsync(
            new V1Patch(
                new { metadata = new { annotations = new Dictionary<string, string?> { [annotation] = value } } },
                V1Patch.PatchType.MergePatch),
            deployment, Namespace, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Those that are not on their way out, by name.</summary>
    public async Task<IReadOnlyList<V1Pod>> PodsAsync(string app)
    {
        var pods = await Client.CoreV1.ListNamespacedPodAsync(
            Namespace, labelSelector: $"app={app}", cancellationToken: TestContext.Current.CancellationToken);
        return [.. pods.Items.Where(p => p.DeletionTimestamp() is null).OrderBy(p => p.Name(), StringComparer.Ordinal)];
    }

    public async Task<IReadOnlyList<V1ReplicaSet>> ReplicaSetsAsync(string app) =>
        [.. (await Client.AppsV1.ListNamespacedReplicaSetAsync(
            Namespace, labelSelector: $"app={app}", cancellationToken: TestContext.Current.CancellationToken)).Items];

    public Task AwaitReadyAsync(string name) => Wait.UntilAsync(
        $"deployment {Namespace}/{name}, whole and ready", async () =>
            IsWhole(await DeploymentAsync(name)), TestContext.Current.CancellationToken, DescribeAsync);

    public Task<V1Pod> AwaitPodAsync(string app, string what, Func<V1Pod, bool> isIt) => Wait.ForAsync(
        $"a pod of {Namespace}/{app} {what}", async () =>
            (await PodsAsync(app)).FirstOrDefault(isIt), TestContext.Current.CancellationToken, DescribeAsync);

    public Task<V1Pod> AwaitCrashingPodAsync(string app) => AwaitPodAsync(app, "that crashes again and again", IsCrashing);

    public Task<V1Pod> AwaitPodOutOfMemoryAsync(string app) => AwaitPodAsync(
        app, "that crashes again and again, OOMKilled", p =>
            IsCrashing(p) && p.Status.ContainerStatuses.All(c => (c.State.Terminated ?? c.LastState.Terminated)?.Reason == "OOMKilled"));

    /// <summary>From now on this pod of <see cref="Workloads.Spoilable"/> crashes, after each restart too.</summary>
    public async Task<V1Pod> SpoilAsync(V1Pod pod)
    {
        var app = pod.Labels()["app"];
        await Wait.UntilAsync($"{pod.Name()} spoiled", async () =>
        {
            // its exit code says nothing: the container may die of it before the command has ended
            if (!(await PodsAsync(app)).Any(p => p.Uid() == pod.Uid() && Restarts(p) > Restarts(pod)))
            {
                await ExecuteAsync(pod, Workloads.Spoil);
            }

            return true;
        }, TestContext.Current.CancellationToken, DescribeAsync);
        return await AwaitPodAsync(app, "that was spoiled and crashes", p => p.Uid() == pod.Uid() && IsCrashing(p));
    }

    /// <summary>Runs a command in the container of <see cref="Workloads"/>, which may end by it.</summary>
    public Task ExecuteAsync(V1Pod pod, IEnumerable<string> command) => Client.NamespacedPodExecAsync(
        pod.Name(), Namespace, Workloads.Container, command, tty: false,
        async (_, output, error) =>
        {
            await output.CopyToAsync(Stream.Null);
            await error.CopyToAsync(Stream.Null);
        },
        TestContext.Current.CancellationToken);

    /// <summary>After its first restart, which comes at once and proves nothing, the kubelet holds it back.</summary>
    public static bool IsCrashing(V1Pod pod) =>
        pod.Status.ContainerStatuses?.Any(c => c.RestartCount > 1 || c.State?.Waiting?.Reason == "CrashLoopBackOff") == true;

    public static int Restarts(V1Pod pod) => pod.Status.ContainerStatuses?.Sum(c => c.RestartCount) ?? 0;

    public static bool IsWhole(V1Deployment deployment) =>
        deployment.Status.ObservedGeneration == deployment.Metadata.Generation
        && (deployment.Status.UpdatedReplicas ?? 0) == deployment.Spec.Replicas
        && (deployment.Status.AvailableReplicas ?? 0) == deployment.Spec.Replicas
        && (deployment.Status.Replicas ?? 0) == deployment.Spec.Replicas;

    /// <summary>What there is, for people who look at a failed test.</summary>
    public async Task<string> DescribeAsync()
    {
        var pods = await Client.CoreV1.ListNamespacedPodAsync(Namespace);
        return $"Pods in {Namespace}:\n" + string.Join('\n', pods.Items.Select(p =>
            $"  {p.Name()} {p.Status.Phase}{(p.DeletionTimestamp() is null ? "" : " terminating")} "
            + string.Join(
                ", ",
                (p.Status.ContainerStatuses
                    ?? []).Select(c => $"ready={c.Ready} restarts={c.RestartCount} waiting={c.State?.Waiting?.Reason} "
                        + $"last={c.LastState?.Terminated?.Reason}"))));
    }

    public async ValueTask DisposeAsync()
    {
        await Client.CoreV1.DeleteNamespaceAsync(Namespace);
        Client.Dispose();
    }
}

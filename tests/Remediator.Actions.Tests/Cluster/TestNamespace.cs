using k8s;
using k8s.Autorest;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Cluster;

/// <summary>A namespace of one test's own on the real cluster; gone afterwards with all that is in it.</summary>
internal sealed class TestNamespace : IAsyncDisposable
{
    /// <summary>The taint of nodes without a kubelet.</summary>
    public const string Hollow = "remediator.test/hollow";

    private const string Busybox = "remediator.test/busybox:1";
    private const string Variable = "REMEDIATOR_TEST_KUBECONFIG";

    private TestNamespace(k8s.Kubernetes client, string name)
    {
        Client = client;
        Name = name;
        Api = new(() => Client, TimeProvider.System) { Timeout = TimeSpan.FromMinutes(1) };
        Workloads = new(Api);
    }

    public k8s.Kubernetes Client { get; }

    public string Name { get; }

    public ClusterApi Api { get; }

    public WorkloadReader Workloads { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<TestNamespace> CreateAsync()
    {
        Assert.SkipWhen(
            string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)),
            $"No cluster: {Variable} does not name a kubeconfig. tests/cluster/up starts one.");
        var client = new k8s.Kubernetes(Configuration());
        var name = $"actions-{Guid.NewGuid():N}"[..20];
        await client.CoreV1.CreateNamespaceAsync(new() { Metadata = new() { Name = name } }, cancellationToken: Token);
        return new(client, name);
    }

    public static KubernetesClientConfiguration Configuration() =>
        KubernetesClientConfiguration.BuildConfigFromConfigFile(Environment.GetEnvironmentVariable(Variable));

    public ActionRequest Request(object input, string kind, string name, FactView? facts = null, string actionId = "act-1") => new()
    {
        ActionId = actionId,
        IncidentId = "inc-1",
        Resource = new("test", kind, Name, name),
        Input = input,
        Facts = facts ?? FactView.Empty,
        NotAfter = TimeProvider.System.GetUtcNow() + Wait.Patience,
        DurationScale = 0.1,
    };

    /// <summary>What the watches would say of the pods as they are now.</summary>
    public async Task<FactView> FactsAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var pods = await Client.CoreV1.ListNamespacedPodAsync(Name, cancellationToken: Token);
        return new(1, now, pods.Items.SelectMany(p => (IEnumerable<Fact>)
        [
            new(
                "pod",
                new Dictionary<string, string> {
                    ["pod"] = p.Metadata.Name,
                    ["uid"] = p.Metadata.Uid,
                    ["ready"] = p.IsReady() ? "true" : "false",
                    ["ended_by_node"] = PodEnds.IsByNode(p.Status.Phase, p.Status.Reason, p.Status.Message) ? "true" : "false" },
                now),
            .. p.Containers().Select(c => new Fact("container", new Dictionary<string, string>
            {
                ["pod"] = p.Metadata.Name,
                ["container"] = c.Name,
                ["crashing"] = c.IsCrashing(p, now.UtcDateTime, TimeSpan.FromMinutes(10)) ? "true" : "false",
                ["waiting"] = c.Waiting(),
            }, now)),
        ]));
    }

    public async Task<IReadOnlyList<V1Pod>> PodsAsync() =>
        [.. (await Client.CoreV1.ListNamespacedPodAsync(Name, cancellationToken: Token)).Items];

    /// <summary>Looks until it is so.</summary>
    public static async Task<T> UntilAsync<T>(string what, Func<Task<T>> look, Func<T, bool> good)
    {
        var seen = default(T)!;
        await Wait.UntilAsync(what, async () => good(seen = await look()), Token, () => Task.FromResult($"Seen last: {seen}"));
        return seen;
    }

    public Task<V1Deployment> DeployAsync(string name, string command, int replicas = 1, Action<V1Deployment>? change = null)
    {
        var deployment = new V1Deployment
        {
            ApiVersion = "apps/v1",
            Kind = "Deployment",
            Metadata = new() { Name = name, Annotations = new Dictionary<string, string>() },
            Spec = new() {
                Replicas = replicas,
                Selector = Selector(name),
                Template = Template(name, command),
                ProgressDeadlineSeconds = 600,
                MinReadySeconds = 2 },
        };
        change?.Invoke(deployment);
        return Client.AppsV1.CreateNamespacedDeploymentAsync(deployment, Name, cancellationToken: Token);
    }

    /// <summary>A workload of that kind; a daemonset has a pod per node.</summary>
    public async Task RunAsync(string kind, string name, string command, int replicas)
    {
        _ = kind switch
        {
            "deployment" => (object)await DeployAsync(name, command, replicas),
            "statefulset" => await StatefulSetAsync(name, command, replicas),
            "daemonset" => await DaemonSetAsync(name, command),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such kind here"),
        };
    }

    public Task<V1StatefulSet> StatefulSetAsync(string name, string command, int replicas, string image = Busybox) =>
        Client.AppsV1.CreateNamespacedStatefulSetAsync(new()
    {
        Metadata = new() { Name = name },
        Spec = new() {
            Replicas = replicas,
            ServiceName = name,
            PodManagementPolicy = "Parallel",
            Selector = Selector(name),
            Template = Template(name, command, image) },
    }, Name, cancellationToken: Token);

    /// <param name="nodes">Labels of the nodes that it runs on, hollow ones too; all others where there are none.</param>
    public Task<V1DaemonSet> DaemonSetAsync(string name, string command, IDictionary<string, string>? nodes = null)
    {
        var template = Template(name, command);
        template.Spec.NodeSelector = nodes;
        if (nodes is not null)
            template.Spec.Tolerations = [new() { Key = Hollow, OperatorProperty = "Exists" }];
        return Client.AppsV1.CreateNamespacedDaemonSetAsync(new()
        {
            Metadata = new() { Name = name },
            Spec = new() { Selector = Selector(name), Template = template },
        }, Name, cancellationToken: Token);
    }

    /// <summary>One that starts nothing by itself.</summary>
    public async Task<V1CronJob> CronJobAsync(string name)
    {
        // before 1.21 there is v1beta1 alone
        var answer = await Client.CustomObjects.CreateNamespacedCustomObjectAsync(new V1CronJob
        {
            ApiVersion = "batch/v1beta1",
            Kind = "CronJob",
            Metadata = new() { Name = name },
            Spec = new()
            {
                Schedule = "0 0 1 1 *",
                Suspend = true,
                FailedJobsHistoryLimit = 10,
                JobTemplate = new() { Spec = Job(name, "true") },
            },
        }, "batch", "v1beta1", Name, "cronjobs", cancellationToken: Token);
        return KubernetesJson.Deserialize<V1CronJob>(KubernetesJson.Serialize(answer));
    }

    /// <summary>A run of a cron job, as its controller makes them.</summary>
    public Task<V1Job> RunAsync(V1CronJob cron, string name, string command) => Client.BatchV1.CreateNamespacedJobAsync(new()
    {
        Metadata = new()
        {
            Name = name,
            OwnerReferences = [new()
                { ApiVersion = "batch/v1", Kind = "CronJob", Name = cron.Metadata.Name, Uid = cron.Metadata.Uid, Controller = true }],
        },
        Spec = Job(name, command),
    }, Name, cancellationToken: Token);

    private static V1JobSpec Job(string name, string command)
    {
        var template = Template(name, command);
        template.Spec.RestartPolicy = "Never";
        return new() { BackoffLimit = 0, Template = template };
    }

    private static V1PodTemplateSpec Template(string name, string command, string image = Busybox) => new()
    {
        Metadata = new() { Labels = new Dictionary<string, string> { ["app"] = name } },
        Spec = new()
        {
            TerminationGracePeriodSeconds = 1,
            Containers =
            [
                new() { Name = "main", Image = image, ImagePullPolicy = "IfNotPresent", Command = ["/bin/sh", "-c", command] },
            ],
        },
    };

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Client.CoreV1.DeleteNamespaceAsync(Name, cancellationToken: CancellationToken.None);
        }
        catch (HttpOperationException)
        {
            // a namespace that cannot be deleted must not hide why the test failed
        }

        Client.Dispose();
    }

    private static V1LabelSelector Selector(string name) => new() { MatchLabels = new Dictionary<string, string> { ["app"] = name } };
}

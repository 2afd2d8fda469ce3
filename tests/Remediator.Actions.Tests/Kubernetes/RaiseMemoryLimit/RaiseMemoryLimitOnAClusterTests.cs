using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Kubernetes.RaiseMemoryLimit;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;

namespace Remediator.Actions.Tests.Kubernetes.RaiseMemoryLimit;

[Trait("Needs", "Cluster")]
public sealed class RaiseMemoryLimitOnAClusterTests
{
    private const string Hungry = "x=$(head -c 200000000 /dev/zero | tr '\\0' 'x'); sleep 3600";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnOomKilledContainer_GetsAQuarterMore_Once_AndCanBeTakenBack()
    {
        await using var space = await OomKilledAsync("96Mi");
        var (action, request) = Raise(space);
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        Assert.Equal(
            new Change($"deployment {space.Name}/api", "spec.template.spec.containers[main].resources.limits.memory", "64Mi", "80Mi"),
            Assert.Single(plan.Changes));
        Assert.Equal(ProbeAnswer.DidNotHappen, (await action.ProbeAsync(request, plan, Token)).Answer);

        await action.ApplyAsync(request, plan, Token);
        Assert.Equal(ProbeAnswer.Happened, (await action.ProbeAsync(request, plan, Token)).Answer);
        var raised = await ReadAsync(space);
        Assert.Equal(("80Mi", "16Mi"), (Limit(raised), Limit(raised, "side")));
        Assert.Contains(
            "\"from\":\"64Mi\",\"to\":\"80Mi\"", raised.Metadata.Annotations["remediator.io/memory-limit-raised"],
            StringComparison.Ordinal);
        Assert.EndsWith(
            "was raised by this action already.", (await action.ApplyAsync(request, plan, Token)).Message, StringComparison.Ordinal);
        Assert.Equal(raised.Metadata.Generation, (await ReadAsync(space)).Metadata.Generation);

        var again = await action.PlanAsync(request with { ActionId = "act-2" }, Token);
        Assert.StartsWith(
            $"deployment {space.Name}/api had its limit raised within the last 24 hours", again.Refusal, StringComparison.Ordinal);

        await action.UndoAsync(request, plan, Token);
        var undone = await ReadAsync(space);
        Assert.Equal("64Mi", Limit(undone));
        Assert.Contains("undoneAt", undone.Metadata.Annotations["remediator.io/memory-limit-raised"], StringComparison.Ordinal);
        Assert.EndsWith(
            "was put back by this action already.", (await action.UndoAsync(request, plan, Token)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALimitThatSomebodySetMeanwhile_IsNotOverwritten()
    {
        await using var space = await OomKilledAsync("96Mi");
        var (action, request) = Raise(space);
        var plan = (await action.PlanAsync(request, Token)).Plan;
        Assert.NotNull(plan);
        await space.Client.AppsV1.PatchNamespacedDeploymentAsync(new V1Patch(
            """[{"op":"replace","path":"/spec/template/spec/containers/0/resources/limits/memory","value":"256Mi"}]""",
            V1Patch.PatchType.JsonPatch),
            "api", space.Name, cancellationToken: Token);

        var e = await Assert.ThrowsAsync<ActionFailedException>(() => action.ApplyAsync(request, plan, Token));
        Assert.Equal(
            (
                FailureKind.Permanent,
                $"The memory limit of container main in deployment {space.Name}/api is no longer 64Mi; it is left as it is."),
            (e.Kind, e.Message));
        Assert.Equal("256Mi", Limit(await ReadAsync(space)));
    }

    [Fact]
    public async Task TheCeilingAndTheNamespacesRules_Hold()
    {
        await using var space = await OomKilledAsync("70Mi");
        var (action, request) = Raise(space);
        Assert.Equal("70Mi", (await action.PlanAsync(request, Token)).Plan?.Changes.Single().After);
        Assert.Equal(
            "66Mi",
            (await action.PlanAsync(
                request with { Input = new RaiseMemoryLimitInput { Ceiling = Quantity.Parse("66Mi") } },
                Token)).Plan?.Changes.Single().After);
        Assert.Equal($"deployment {space.Name}/api has its container main at 64Mi already, and the ceiling is 64Mi.",
            (await action.PlanAsync(
                request with { Input = new RaiseMemoryLimitInput { Ceiling = Quantity.Parse("64Mi") } }, Token)).Refusal);

        await space.Client.CoreV1.CreateNamespacedResourceQuotaAsync(new()
        {
            Metadata = new() { Name = "small" },
            Spec = new() { Hard = new Dictionary<string, ResourceQuantity> { ["limits.memory"] = new("81Mi") } },
        }, space.Name, cancellationToken: Token);
        await TestNamespace.UntilAsync(
            "the quota is counted",
            () => space.Client.CoreV1.ReadNamespacedResourceQuotaAsync("small", space.Name, cancellationToken: Token),
            q => q.Status?.Used?.Count > 0);
        Assert.Equal(
            $"the memory limit of deployment {space.Name}/api cannot be raised: quota small leaves no room for 6Mi more.",
            (await action.PlanAsync(request, Token)).Refusal);
        await space.Client.CoreV1.DeleteNamespacedResourceQuotaAsync("small", space.Name, cancellationToken: Token);

        await space.Client.CoreV1.CreateNamespacedLimitRangeAsync(new()
        {
            Metadata = new() { Name = "tight" },
            Spec = new() { Limits = [new() {
                Type = "Container",
                Max = new Dictionary<string, ResourceQuantity> { ["memory"] = new("64Mi") } }] },
        }, space.Name, cancellationToken: Token);
        Assert.Equal(
            $"the memory limit of deployment {space.Name}/api cannot be raised: limit range tight allows a container at most 64Mi.",
            (await action.PlanAsync(request, Token)).Refusal);
    }

    [Fact]
    public async Task WithoutItsOwnersConsent_NothingIsRaised()
    {
        await using var space = await OomKilledAsync(null);
        var (action, request) = Raise(space);
        Assert.Equal(
            $"deployment {space.Name}/api is not annotated with remediator.io/raise-memory-limit: raising its limit is its owner's choice.",
            (await action.PlanAsync(request, Token)).Refusal);
    }

    private static (RaiseMemoryLimitAction Action, ActionRequest Request) Raise(TestNamespace space) =>
        (new(space.Api, space.Workloads), space.Request(new RaiseMemoryLimitInput(), "deployment", "api"));

    private static async Task<TestNamespace> OomKilledAsync(string? ceiling)
    {
        var space = await TestNamespace.CreateAsync();
        try
        {
            await space.DeployAsync("api", Hungry, change: d =>
            {
                if (ceiling is not null)
                    d.Metadata.Annotations["remediator.io/raise-memory-limit"] = ceiling;
                var containers = d.Spec.Template.Spec.Containers;
                containers[0].Resources = new() { Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new("64Mi") } };
                containers.Add(new()
                {
                    Name = "side",
                    Image = "remediator.test/pause:1",
                    ImagePullPolicy = "IfNotPresent",
                    Resources = new() { Limits = new Dictionary<string, ResourceQuantity> { ["memory"] = new("16Mi") } },
                });
            });
            await TestNamespace.UntilAsync(
                "an OOM kill", space.PodsAsync, pods => pods.Any(p => p.Containers().Any(c => c.LastEnd()?.Reason == "OOMKilled")));
            return space;
        }
        catch
        {
            await space.DisposeAsync();
            throw;
        }
    }

    private static Task<V1Deployment> ReadAsync(TestNamespace space) =>
        space.Client.AppsV1.ReadNamespacedDeploymentAsync("api", space.Name, cancellationToken: Token);

    private static string Limit(V1Deployment deployment, string container = "main") =>
        deployment.Spec.Template.Spec.Containers.Single(c => c.Name == container).Resources.Limits["memory"].ToString();
}

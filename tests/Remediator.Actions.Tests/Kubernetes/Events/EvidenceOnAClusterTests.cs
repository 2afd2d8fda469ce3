using k8s;
using Remediator.Actions.Kubernetes.Describe;
using Remediator.Actions.Kubernetes.Events;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;

namespace Remediator.Actions.Tests.Kubernetes.Events;

[Trait("Needs", "Cluster")]
public sealed class EvidenceOnAClusterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AContainerThatItsProbeKills_IsKnownByItsEvents()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.DeployAsync("api", "exec sleep 3600", change: d => d.Spec.Template.Spec.Containers[0].LivenessProbe = new()
        {
            Exec = new() { Command = ["/bin/sh", "-c", "exit 1"] },
            PeriodSeconds = 1,
            FailureThreshold = 1,
        });
        await TestNamespace.UntilAsync("a restart", space.PodsAsync, pods => pods.Any(p => p.Restarts() > 0));
        var evidence = await TestNamespace.UntilAsync(
            "the event", () => EventsAsync(space), e => e.Values.GetValueOrDefault("killed_by_probe") == "true");
        Assert.Contains("Liveness probe failed", evidence.Text, StringComparison.Ordinal);
        Assert.Equal("true", Assert.Single(evidence.Facts)["killed_by_probe"]);
    }

    [Fact]
    public async Task ACrashOfItsOwn_IsNotKilledByItsProbe()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.DeployAsync("api", "exit 3");
        await TestNamespace.UntilAsync("a restart", space.PodsAsync, pods => pods.Any(p => p.Restarts() > 0));
        // events are written behind what they tell of
        var evidence = await TestNamespace.UntilAsync(
            "events of the pod, its set and the deployment", () => EventsAsync(space),
            e => new[] { " pod/api-", " replicaset/api-", " deployment/api " }.All(o => e.Text.Contains(o, StringComparison.Ordinal)));
        Assert.Equal("false", evidence.Values["killed_by_probe"]);
    }

    [Fact]
    public async Task AMissingConfigMap_IsNamed_AndTheEnvironmentsValuesAreNot()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.DeployAsync("api", "exec sleep 3600", change: d => d.Spec.Template.Spec.Containers[0].Env =
        [
            new() { Name = "PLAIN", Value = "not-to-be-shown" },
            new() { Name = "URL", ValueFrom = new() { ConfigMapKeyRef = new() { Name = "settings", Key = "url" } } },
        ]);
        await TestNamespace.UntilAsync(
            "it waits", space.PodsAsync, pods => pods.Any(p => p.Containers().Any(c => c.Waiting() == "CreateContainerConfigError")));
        await TestNamespace.UntilAsync(
            "the controller has counted its pod",
            () => space.Client.AppsV1.ReadNamespacedDeploymentAsync("api", space.Name, cancellationToken: Token),
            d => d.Status.UpdatedReplicas == 1);

        var state = await new DescribeAction(space.Api, space.Workloads)
            .ReadAsync(space.Request(new DescribeInput(), "deployment", "api"), Token);
        Assert.Equal(("configmap/settings", "CreateContainerConfigError"), (state.Values["missing_object"], state.Values["reason"]));
        Assert.Contains("environment: PLAIN, URL of configmap settings key url", state.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-shown", state.Text, StringComparison.Ordinal);
        Assert.Contains("1 desired, 1 updated, 0 ready", state.Text, StringComparison.Ordinal);
        Assert.Contains("revision 1 (api-", state.Text, StringComparison.Ordinal);
        await TestNamespace.UntilAsync(
            "the event that names it", () => EventsAsync(space),
            e => e.Values.GetValueOrDefault("missing_object") == "configmap/settings");
    }

    [Fact]
    public async Task AnImageWhoseRegistryCannotBeReached_IsAPassingFault()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.DeployAsync("api", "true", change: d => d.Spec.Template.Spec.Containers[0].Image = "remediator.test/no-such:1");
        var evidence = await TestNamespace.UntilAsync(
            "the pull failed", () => EventsAsync(space), e => e.Values.GetValueOrDefault("pull_transient") == "true");
        Assert.Equal("false", evidence.Values["image_not_found"]);
    }

    [Fact]
    public async Task ABarePod_IsDescribedByItself()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.StatefulSetAsync("api", "exec sleep 3600", 1);
        await TestNamespace.UntilAsync("it runs", space.PodsAsync, pods => pods.Any(p => p.IsReady()));
        var state = await new DescribeAction(space.Api, space.Workloads)
            .ReadAsync(space.Request(new DescribeInput(), "pod", "api-0"), Token);
        Assert.Contains("container main: image remediator.test/busybox:1", state.Text, StringComparison.Ordinal);
        Assert.Matches("api-0 on \\S+, Running, ready", state.Text);
    }

    private static Task<Evidence> EventsAsync(TestNamespace space) =>
        new EventsAction(space.Api, space.Workloads).ReadAsync(space.Request(new EventsInput(), "deployment", "api"), Token);
}

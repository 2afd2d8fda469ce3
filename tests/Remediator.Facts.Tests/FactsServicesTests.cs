using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Remediator.Core.Facts;
using Remediator.Facts.Connection;
using Remediator.Facts.Tests.Watching;
using Remediator.Facts.Watching;

namespace Remediator.Facts.Tests;

public sealed class FactsServicesTests
{
    private static readonly KubernetesConnection NoCluster = KubernetesConnection.Find(new() { Kubeconfig = "/no/such/file" }, _ => null);

    [Fact]
    public async Task WithoutACluster_EveryStatusSaysWhy()
    {
        await using var facts = await RunningFacts.StartAsync(NoCluster, new());
        var status = facts.Views.Current;
        Assert.Equal((ViewState.NotConfigured, NoCluster.Reason, DateTimeOffset.UnixEpoch), (status.State, status.Problem, status.FreshAt));
        Assert.Empty(facts.Statuses.Watches);
    }

    [Fact]
    public void WrongOptions_AreAllNamedAtOnce()
    {
        var wrong = new FactsOptions { WatchSeconds = 0, DurationScale = -1, CrashWindow = TimeSpan.Zero };
        var failure = Assert.Throws<OptionsValidationException>(() => new ServiceCollection().AddFacts(NoCluster, wrong));
        Assert.Equal(
            [
                "Facts:WatchSeconds is 0; it must be from 1 to 300.",
                "Facts:DurationScale is -1; it must be more than 0.",
                "Facts:CrashWindow is 00:00:00; it must be more than 0.",
            ],
            failure.Failures);
    }

    [Fact]
    public void Permissions_NameEveryKindThatIsWatched() =>
        Assert.Equal(
            "apps/controllerrevisions apps/daemonsets apps/deployments apps/replicasets apps/statefulsets "
                + "autoscaling/horizontalpodautoscalers batch/cronjobs "
                + "batch/jobs namespaces nodes persistentvolumeclaims persistentvolumes pods policy/poddisruptionbudgets "
                + "storage.k8s.io/storageclasses",
            string.Join(
                ' ',
                FactsPermissions.All.Select(p => p.ApiGroup.Length == 0 ? p.Resource : $"{p.ApiGroup}/{p.Resource}")
                    .Order(StringComparer.Ordinal)));
}

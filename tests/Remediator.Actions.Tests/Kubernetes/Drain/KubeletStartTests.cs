using Remediator.Actions.Kubernetes.Nodes;

namespace Remediator.Actions.Tests.Kubernetes.Drain;

public sealed class KubeletStartTests
{
    [Theory]
    [InlineData(0, 5, 1, 120)]
    [InlineData(60, 10, 3, 120)]
    [InlineData(100, 10, 3, 130)]
    [InlineData(0, 60, 5, 300)]
    [InlineData(null, null, null, 120)]
    public void ProbesHaveSpoken_WhenTheSlowestHas(int? initialDelay, int? period, int? failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), KubeletStart.SpokenAfter(
        [
            TestPods.Running("without a probe"),
            TestPods.Running("probed").With(p => p.Spec.Containers[0].ReadinessProbe = new()
            {
                InitialDelaySeconds = initialDelay, PeriodSeconds = period, FailureThreshold = failures,
            }),
        ]));

    [Fact]
    public void ANodeWithoutPods_HasTheLeast() => Assert.Equal(TimeSpan.FromMinutes(2), KubeletStart.SpokenAfter([]));
}

using k8s.Models;
using Remediator.Actions.Hosts.DeleteImages;
using Remediator.Actions.Tests.Kubernetes;

namespace Remediator.Actions.Tests.Hosts.Images;

public sealed class BoundPodsTests
{
    [Fact]
    public void AllThatAPodNames_IsNeeded_OfEachOnce_AndAPodOfAFileHasTwoUids()
    {
        var pod = TestPods.Running("a").With(p =>
        {
            p.Metadata.Annotations = new Dictionary<string, string> { ["kubernetes.io/config.mirror"] = "of-the-file", ["x"] = "y" };
            p.Spec.Containers = [new() { Name = "main", Image = "app:1" }, new() { Name = "more", Image = "app:1" }];
            p.Spec.InitContainers = [new() { Name = "init", Image = "init@sha256:00" }];
            p.Spec.EphemeralContainers = [new() { Name = "look", Image = "tools" }];
            p.Spec.Volumes = [new() { Name = "data", Image = new() { Reference = "data:2" } }, new() { Name = "empty" }];
        });
        var ended = TestPods.Running("b").With(p => p.Status.Phase = "Failed");
        ended.Spec.Containers = [new() { Name = "main", Image = "job:1" }, new() { Name = "none", Image = null }];

        Assert.Equal(
            [
                "pods", "pod:of-the-file", "pod:uid-of-a", "pod:uid-of-b", "wants:app:1", "wants:data:2", "wants:init@sha256:00",
                "wants:job:1", "wants:tools",
            ],
            BoundPods.Arguments([pod, ended]));
        Assert.Equal(["pods"], BoundPods.Arguments([]));
    }
}

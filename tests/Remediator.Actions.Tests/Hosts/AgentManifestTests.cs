using Remediator.Actions.Hosts.Reach;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>An agent that the trouble takes away, or that it finds without its image, is none.</summary>
public sealed class AgentManifestTests
{
    [Fact]
    public void ItIsThereBeforeTheTrouble_AndStays()
    {
        var pod = AgentManifest.DaemonSet().Spec.Template.Spec;

        Assert.Equal("system-node-critical", pod.PriorityClassName);
        var tolerates = Assert.Single(pod.Tolerations);
        Assert.Equal(("Exists", null, null), (tolerates.OperatorProperty, tolerates.Key, tolerates.Effect));
        var container = Assert.Single(pod.Containers);
        Assert.Matches(@"^[^@]+:[^@:]+@sha256:[0-9a-f]{64}\z", container.Image);
        Assert.Equal("IfNotPresent", container.ImagePullPolicy);
    }

    [Fact]
    public void ItWritesNothing_AndSpeaksToNobody()
    {
        var pod = AgentManifest.DaemonSet().Spec.Template.Spec;
        var container = pod.Containers[0];

        Assert.Null(pod.Volumes);
        Assert.Null(container.VolumeMounts);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.Equal((true, true), (pod.HostPID, container.SecurityContext.Privileged));
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.Null(pod.HostNetwork);
        Assert.Equal(["sleep", "2147483647"], container.Command);
    }

    [Fact]
    public void ItIsFoundByItsName()
    {
        var set = AgentManifest.DaemonSet();

        Assert.Equal(AgentWay.Name, set.Spec.Template.Metadata.Labels["app.kubernetes.io/name"]);
        Assert.Equal(AgentWay.Name, set.Spec.Selector.MatchLabels["app.kubernetes.io/name"]);
        Assert.Equal(AgentWay.Container, set.Spec.Template.Spec.Containers[0].Name);
    }
}

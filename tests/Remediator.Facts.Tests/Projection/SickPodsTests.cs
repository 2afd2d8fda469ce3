using Remediator.Core.Facts;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Tests.Projection;

/// <summary>Whose trouble a crash is: of a pod that is there to stay, and of which of its containers.</summary>
public sealed class SickPodsTests : ProjectionTest
{
    private static readonly ContainerStatus Crash = A.Waiting("CrashLoopBackOff", 3, A.Ended(1));

    [Theory]
    [InlineData("terminating")]
    [InlineData("evicted")]
    [InlineData("finished")]
    public void PodThatIsOver_IsNobodysCrashLoop(string how)
    {
        var pod = A.Pod("api-1", status: Crash, ready: false);
        pod = how switch
        {
            "terminating" => pod with { Metadata = pod.Metadata with { DeletionTimestamp = A.Now.AddHours(-1) } },
            "evicted" => pod with { Status = pod.Status with { Phase = "Failed", Reason = "Evicted" } },
            _ => pod with { Status = pod.Status with { Phase = "Succeeded" } },
        };
        var facts = Project(new() { Pods = [pod] });

        Says(facts.Named("pod")[0], ("crashing", "false"));
        Says(facts.Named("container")[0], ("crashing", "false"), ("waiting", ""));
        Says(facts.Named("workload")[0], ("crashing_pods", "0"));
    }

    [Fact]
    public void InitContainerThatSucceededAtLast_DoesNotCrash()
    {
        var status = A.Waiting("") with
        {
            Name = "migrate", RestartCount = 3, State = new() { Terminated = A.Ended(1, "Completed", 0) },
            LastState = new() { Terminated = A.Ended(2) },
        };
        var pod = A.Pod("api-1");
        pod = pod with
        {
            Spec = pod.Spec with { InitContainers = [new() { Name = "migrate" }] },
            Status = pod.Status with { InitContainerStatuses = [status] },
        };

        Says(Only(new() { Pods = [pod] }, "pod"), ("crashing", "false"));
    }

    [Fact]
    public void ContainersAreKnownByTheirKind_AndOneThatItsTemplateDoesNotHaveWasInjected()
    {
        var pod = A.Pod("api-good-1", A.Owner("ReplicaSet", "api-good"), "good");
        pod = pod with
        {
            Spec = pod.Spec with
            {
                InitContainers = [new() { Name = "migrate" }, new() { Name = "agent", RestartPolicy = "Always" }],
                Containers = [new() { Name = "main" }, new() { Name = "istio-proxy" }],
            },
        };
        var set = A.ReplicaSet("api", "good", 1);
        set = set with
        {
            Spec = set.Spec with
            {
                Template = new() { Spec = new() { Containers = [new("main")], InitContainers = [new("migrate"), new("agent")] } },
            },
        };

        var kinds = Project(new() { Pods = [pod], ReplicaSets = [set], Deployments = [A.Deployment("api")] }).Named("container")
            .ToDictionary(c => c["container"], c => c["kind"]);

        Assert.Equal(
            new Dictionary<string, string> { ["migrate"] = "init", ["agent"] = "sidecar", ["main"] = "main", ["istio-proxy"] = "injected" },
            kinds);
    }

    [Fact]
    public void SlowStart_IsStarting_UntilItsProbesHadTheirTime()
    {
        Pod Slow(int age, Probe? probe) => A.Pod("api-1", ready: false, readyForMinutes: age) with
        {
            Metadata = A.Meta("api-1") with { CreationTimestamp = A.Now.AddMinutes(-age) },
            Spec = new() { NodeName = "n1", Containers = [new() { Name = "main", StartupProbe = probe }] },
        };

        Says(Only(new() { Pods = [Slow(9, null)] }, "pod"), ("starting", "true"));
        Says(Only(new() { Pods = [Slow(11, null)] }, "pod"), ("starting", "false"));
        Says(Only(new() { Pods = [Slow(25, new(0, 60, 30))] }, "pod"), ("starting", "true"));
        Says(Only(new() { Pods = [Slow(31, new(0, 60, 30))] }, "pod"), ("starting", "false"));
    }

    /// <summary>Its image took twenty minutes, or a container of one that was ready has ended and starts again, as slowly.</summary>
    [Theory]
    [InlineData("pulled", 5, "true")]
    [InlineData("pulled", 20, "false")]
    [InlineData("restarted", 5, "true")]
    [InlineData("restarted", 20, "false")]
    [InlineData("restarted, and never was ready", 5, "false")]
    [InlineData("not ready, without a restart", 5, "false")]
    public void TimeToStart_CountsFromWhenItsContainersRun_OrAreRestarted(string how, double minutesAgo, string starting)
    {
        var pod = A.Pod("api-1", ready: false, readyForMinutes: how.EndsWith("never was ready", StringComparison.Ordinal) ? 26 : 5);
        pod = pod with
        {
            Metadata = pod.Metadata with { CreationTimestamp = A.Now.AddMinutes(-26) },
            Status = pod.Status with
            {
                Conditions =
                [
                    new() { Type = "Initialized", Status = "True", LastTransitionTime = A.Now.AddMinutes(-25) },
                    how == "pulled" || minutesAgo > 5
                        ? new() { Type = "Ready", Status = "False", LastTransitionTime = A.Now.AddMinutes(-Math.Max(minutesAgo, 26)) }
                        : pod.Status.Conditions[0],
                ],
                ContainerStatuses =
                [
                    A.Running(how.StartsWith("restarted", StringComparison.Ordinal) ? 1 : 0, how.StartsWith("not", StringComparison.Ordinal)
                        ? 25
                        : minutesAgo) with { Ready = false },
                ],
            },
        };
        Says(Only(new() { Pods = [pod] }, "pod"), ("starting", starting));
    }

    [Fact]
    public void UnreadyMinutes_CountFromWhenItWasLastReady()
    {
        var cluster = new SeenCluster(Memory);
        string Minutes(Pod pod, double now) =>
            cluster.See(new() { Pods = [pod] }, A.Now.AddMinutes(now)).Named("pod")[0]["unready_minutes"];
        var late = A.Pod("api-1", ready: false, readyForMinutes: 6);
        var status = late.Status;

        Assert.Equal("", Minutes(A.Pod("api-1"), 0));
        Assert.Equal("6", Minutes(late, 0.1));
        Assert.Equal("9", Minutes(late, 3.9));
        Assert.Equal("10", Minutes(late, 4));
        Assert.Equal("1444", Minutes(late with { Status = status with { Conditions = [] } }, 4.1));
        Assert.Equal("", Minutes(late with { Status = status with { Phase = "Failed" } }, 4.2));
    }

    [Fact]
    public void WhenACrashBegan_IsKnownWhereThatWasSeen()
    {
        var cluster = new SeenCluster(Memory);
        string Minutes(ContainerStatus status, double now) =>
            cluster.See(new() { Pods = [A.Pod("api-1", status: status, ready: false)] }, A.Now.AddMinutes(now))
                .Named("pod")[0]["crashing_minutes"];

        Assert.Equal("", Minutes(A.Running(), 0));
        Assert.Equal("0", Minutes(Crash, 1));
        Assert.Equal("7", Minutes(Crash with { RestartCount = 6 }, 8));
        Assert.Equal("", Minutes(A.Running(), 9));
    }
}

namespace Remediator.Facts.Tests.Projection;

public sealed class ContainerFactsTests : ProjectionTest
{
    [Theory]
    [InlineData("CreateContainerConfigError", "secret \"db\" not found", "secret/db")]
    [InlineData("CreateContainerConfigError", "couldn't find key url in ConfigMap shop/app", "configmap/app:url")]
    [InlineData("CreateContainerConfigError", "container has runAsNonRoot and image will run as root", "")]
    [InlineData("ImagePullBackOff", "secret \"db\" not found", "")]
    public void WhatAContainerCannotBeMadeWithout_IsNamed(string reason, string message, string missing)
    {
        var status = A.Waiting(reason) with { State = new() { Waiting = new() { Reason = reason, Message = message } } };
        Says(Only(new() { Pods = [A.Pod("api-1", status: status)] }, "container"), ("missing", missing));
    }

    public static TheoryData<string, string> Cases { get; } = new()
    {
        { "running, never restarted", "false" },
        { "running, restarted once 3 minutes ago", "false" },
        { "running, restarted twice, last 3 minutes ago", "true" },
        { "ready again for longer than its last run", "false" },
        { "ready again for a moment", "true" },
        { "running, restarted 11 minutes ago", "false" },
        { "not ready since 9 minutes, ended 12 minutes ago", "true" },
        { "ended after a long run", "false" },
        { "waiting in back-off that outlasts the window", "true" },
        { "waiting in back-off before its first restart", "true" },
        { "ended just now, restarted before", "true" },
        { "ended just now, never restarted", "false" },
        { "cannot pull its image", "false" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Crashing_MeansALoopThatGoesOn(string container, string crashing)
    {
        var status = container switch
        {
            "running, never restarted" => A.Running(),
            "running, restarted once 3 minutes ago" => A.Running(1, 3, A.Ended(3)) with { Ready = false },
            "running, restarted twice, last 3 minutes ago" => A.Running(2, 3, A.Ended(3)) with { Ready = false },
            "running, restarted 11 minutes ago" => A.Running(2, 11, A.Ended(11)) with { Ready = false },
            "ready again for longer than its last run" => A.Running(4, 1.6, A.Ended(1.7) with { StartedAt = A.Now.AddMinutes(-2.4) }),
            "ready again for a moment" => A.Running(4, 1.2, A.Ended(1.3) with { StartedAt = A.Now.AddMinutes(-2.4) }),
            "not ready since 9 minutes, ended 12 minutes ago" => A.Running(7, 9, A.Ended(12)) with { Ready = false },
            "ended after a long run" => A.Running(2, 1, A.Ended(1) with { StartedAt = A.Now.AddHours(-5) }) with { Ready = false },
            "waiting in back-off that outlasts the window" => A.Waiting("CrashLoopBackOff", 9, A.Ended(11)),
            "waiting in back-off before its first restart" => A.Waiting("CrashLoopBackOff", 0, A.Ended(0.1)),
            "ended just now, restarted before" => A.Running(2) with { State = new() { Terminated = A.Ended(0.1) } },
            "ended just now, never restarted" => A.Running() with { State = new() { Terminated = A.Ended(0.1) } },
            "cannot pull its image" => A.Waiting("ImagePullBackOff"),
            _ => throw new ArgumentOutOfRangeException(nameof(container)),
        };

        Says(Only(new() { Pods = [A.Pod("api-1", status: status)] }, "container"), ("crashing", crashing));
    }

    [Fact]
    public void ContainerKilledForItsMemory_SaysSo()
    {
        var pod = A.Pod("api-1", status: A.Waiting("CrashLoopBackOff", 4, A.Ended(1, "OOMKilled", 137)), ready: false);
        pod = pod with
        {
            Spec = pod.Spec with
            {
                Containers = [new() {
                    Name = "main",
                    Image = "shop/api:2",
                    Resources = new() { Limits = A.Map(("memory", "64Mi"), ("cpu", "250m")), Requests = A.Map(("memory", "32Mi")) } }],
            },
        };

        Says(
            Only(new() { Pods = [pod], Nodes = [A.Node("n1", "eu-1a")] }, "container"),
            ("container", "main"), ("pod", "api-1"), ("node", "n1"), ("zone", "eu-1a"), ("init", "false"), ("ready", "false"),
            ("restarts", "4"),
            ("waiting", "CrashLoopBackOff"), ("last_terminated", "OOMKilled"), ("exit_code", "137"), ("image", "shop/api:2"),
            ("memory_limit_bytes", "67108864"), ("memory_request_bytes", "33554432"), ("cpu_limit", "0.25"));
    }

    [Fact]
    public void ContainerThatHasNoStatusYet_IsUnknown() =>
        Says(
            Only(new() { Pods = [A.Pod("api-1") with { Status = new() { Phase = "Pending" } }] }, "container"),
            ("ready", ""), ("restarts", ""), ("exit_code", ""), ("waiting", ""), ("crashing", "false"));

    [Fact]
    public void InitContainer_IsMarked()
    {
        var pod = A.Pod("api-1");
        pod = pod with
        {
            Spec = pod.Spec with { InitContainers = [new() { Name = "migrate" }] },
            Status = pod.Status with { InitContainerStatuses = [A.Waiting("CrashLoopBackOff", 2, A.Ended(1)) with { Name = "migrate" }] },
        };

        var init = Assert.Single(Project(new() { Pods = [pod] }).All, f => f.Name == "container" && f["init"] == "true");

        Says(init, ("container", "migrate"), ("crashing", "true"));
        Says(Only(new() { Pods = [pod] }, "pod"), ("crashing", "true"));
    }

    [Fact]
    public void PodThatCannotBePlaced_SaysWhy()
    {
        var pod = A.Pod("api-1") with { Status = new() {
            Phase = "Pending",
            Conditions = [new() { Type = "PodScheduled", Status = "False", Reason = "Unschedulable" }] } };
        Says(
            Only(new() { Pods = [pod] }, "pod"), ("phase", "Pending"), ("reason", "Unschedulable"), ("ready", "false"),
            ("age_minutes", "1440"));
    }

    [Fact]
    public void DeletedPod_IsTerminating()
    {
        var pod = A.Pod("api-1");
        Says(
            Only(new() { Pods = [pod with { Metadata = pod.Metadata with { DeletionTimestamp = A.Now } }] }, "pod"),
            ("terminating", "true"));
    }

    [Fact]
    public void CrashGrowsOld_ThoughThePodDoesNotChange()
    {
        var objects = new ClusterObjects { Pods = [A.Pod("api-1", status: A.Running(2, 9.5, A.Ended(9.5)) with { Ready = false })] };
        var cluster = new SeenCluster(Memory);
        string[] Crashing(double minutes) =>
            [.. cluster.See(objects, A.Now.AddMinutes(minutes)).All.Where(f => f.Name is "pod" or "container").Select(f => f["crashing"])];

        Assert.Equal(["true", "true"], Crashing(0));
        Assert.Equal(["true", "true"], Crashing(0.25));
        Assert.Equal(["false", "false"], Crashing(0.75));
    }

    [Fact]
    public void FactsOfAPodThatDoesNotChange_AreTheSameUntilItsAgeChanges()
    {
        var objects = new ClusterObjects { Pods = [A.Pod("api-1")], Nodes = [A.Node("n1", "a")] };
        var cluster = new SeenCluster(Memory);
        Core.Facts.Fact Pod(ClusterObjects given, double minutes) =>
            cluster.See(given, A.Now.AddMinutes(minutes)).All.Single(f => f.Name == "pod");

        var first = Pod(objects, 0);
        Assert.Same(first, Pod(objects, 0.9));
        Assert.Equal("1441", Pod(objects, 1)["age_minutes"]);
        Assert.Equal("b", Pod(objects with { Nodes = [A.Node("n1", "b")] }, 1.1)["zone"]);
        Assert.Equal("statefulset", Pod(objects with { Pods = [A.Pod("api-1", A.Owner("StatefulSet", "api"))] }, 1.2)["workload_kind"]);
    }
}

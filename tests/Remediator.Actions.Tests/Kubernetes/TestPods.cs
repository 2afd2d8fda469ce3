using k8s.Models;
using Remediator.Core.Facts;

namespace Remediator.Actions.Tests.Kubernetes;

/// <summary>Pods of the StatefulSet shop/api, as an API server would give them, and the facts about them.</summary>
internal static class TestPods
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 3, 0, 0, TimeSpan.Zero);

    public static V1Pod Running(string name) => new()
    {
        ApiVersion = "v1",
        Kind = "Pod",
        Metadata = new()
        {
            Name = name,
            NamespaceProperty = "shop",
            Uid = $"uid-of-{name}",
            CreationTimestamp = Now.UtcDateTime.AddHours(-1),
            OwnerReferences = [new() { ApiVersion = "apps/v1", Kind = "StatefulSet", Name = "api", Uid = "uid-of-api", Controller = true }],
        },
        Spec = new() { NodeName = "node-1", Containers = [new() { Name = "main" }] },
        Status = new()
        {
            Phase = "Running",
            Conditions = [new() { Type = "Ready", Status = "True" }],
            ContainerStatuses = [new() { Name = "main", Ready = true, RestartCount = 0, State = new() { Running = new() } }],
        },
    };

    public static V1Pod Crashing(string name, int restarts, int exitCode = 3, string reason = "Error", double minutesAgo = 1)
    {
        var pod = Running(name);
        pod.Status.Conditions[0].Status = "False";
        pod.Status.ContainerStatuses[0] = new()
        {
            Name = "main",
            RestartCount = restarts,
            State = new() { Waiting = new() { Reason = "CrashLoopBackOff", Message = "back-off 5m0s restarting failed container" } },
            LastState =
                new() { Terminated = new() { ExitCode = exitCode, Reason = reason, FinishedAt = Now.UtcDateTime.AddMinutes(-minutesAgo) } },
        };
        return pod;
    }

    public static V1Pod Waiting(string name, string reason, string message = "")
    {
        var pod = Running(name);
        pod.Status.Phase = "Pending";
        pod.Status.Conditions[0].Status = "False";
        pod.Status.ContainerStatuses[0] = new() { Name = "main", State = new() { Waiting = new() { Reason = reason, Message = message } } };
        return pod;
    }

    public static V1Pod With(this V1Pod pod, Action<V1Pod> change)
    {
        change(pod);
        return pod;
    }

    /// <summary>What the watches would have made of these pods.</summary>
    public static FactView Facts(params IEnumerable<V1Pod> pods) => new(1, Now, pods.SelectMany(p => (IEnumerable<Fact>)
    [
        new("pod", new Dictionary<string, string> { ["pod"] = p.Metadata.Name, ["uid"] = p.Metadata.Uid, ["ready"] = IsReady(p) }, Now),
        .. p.Status.ContainerStatuses.Select(c => new Fact("container", new Dictionary<string, string>
        {
            ["pod"] = p.Metadata.Name,
            ["container"] = c.Name,
            ["crashing"] = c.RestartCount > 0 ? "true" : "false",
            ["waiting"] = c.State.Waiting?.Reason ?? "",
        }, Now)),
    ]));

    private static string IsReady(V1Pod pod) => pod.Status.Conditions.Any(c => c is { Type: "Ready", Status: "True" }) ? "true" : "false";
}

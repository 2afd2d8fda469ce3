using Remediator.Facts.Objects;

namespace Remediator.Facts.Tests.Projection;

/// <summary>Objects as the API server gives them: <c>A.Pod("api-1") with { ... }</c>.</summary>
internal static class A
{
    public static DateTimeOffset Now { get; } = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static ObjectMeta Meta(string name, string space = "shop", OwnerReference? owner = null) => new()
    {
        Name = name,
        Namespace = space,
        Uid = $"uid-{space}-{name}",
        ResourceVersion = "1",
        CreationTimestamp = Now.AddDays(-1),
        OwnerReferences = owner is null ? [] : [owner],
    };

    public static OwnerReference Owner(string kind, string name) => new() { Kind = kind, Name = name, Controller = true };

    public static Dictionary<string, string> Map(params (string Key, string Value)[] entries) =>
        entries.ToDictionary(e => e.Key, e => e.Value);

    public static Pod Pod(
        string name,
        OwnerReference? owner = null,
        string revision = "",
        ContainerStatus? status = null,
        string node = "n1",
        bool ready = true,
        int readyForMinutes = 600) => new()
    {
        Metadata = Meta(
            name,
            owner: owner) with { Labels = revision.Length == 0
                ? []
                : Map(("pod-template-hash", revision), ("controller-revision-hash", revision), ("app", "api")) },
        Spec = new() { NodeName = node, Containers = [new() { Name = "main", Image = "shop/api:1" }] },
        Status = new()
        {
            Phase = "Running",
            Conditions = [new() {
                Type = "Ready",
                Status = ready ? "True" : "False",
                LastTransitionTime = Now.AddMinutes(-readyForMinutes) }],
            ContainerStatuses = [status ?? Running()],
        },
    };

    public static ContainerStatus Running(int restarts = 0, double startedMinutesAgo = 600, TerminatedState? last = null) => new()
    {
        Name = "main",
        Ready = true,
        RestartCount = restarts,
        State = new() { Running = new() { StartedAt = Now.AddMinutes(-startedMinutesAgo) } },
        LastState = new() { Terminated = last },
    };

    public static ContainerStatus Waiting(string reason, int restarts = 0, TerminatedState? last = null) => new()
    {
        Name = "main",
        RestartCount = restarts,
        State = new() { Waiting = new() { Reason = reason } },
        LastState = new() { Terminated = last },
    };

    public static TerminatedState Ended(double minutesAgo, string reason = "Error", int code = 1) =>
        new() { Reason = reason, ExitCode = code, FinishedAt = Now.AddMinutes(-minutesAgo) };

    public static Workload Deployment(string name, int replicas = 3, string space = "shop") => new()
    {
        Metadata = Meta(name, space) with { Generation = 2 },
        Spec = new() { Replicas = replicas, Template = new() { Metadata = new() { Labels = Map(("app", name)) } } },
        Status = new() {
            ObservedGeneration = 2,
            Replicas = replicas,
            UpdatedReplicas = replicas,
            ReadyReplicas = replicas,
            AvailableReplicas = replicas },
    };

    public static Workload ReplicaSet(
        string deployment, string hash, int revision, double createdMinutesAgo = 600, bool reused = false, int replicas = 0) => new()
    {
        Metadata = Meta($"{deployment}-{hash}", owner: Owner("Deployment", deployment)) with
        {
            Labels = Map(("pod-template-hash", hash)),
            CreationTimestamp = Now.AddMinutes(-createdMinutesAgo),
            Annotations = reused
                ? Map(("deployment.kubernetes.io/revision", $"{revision}"), ("deployment.kubernetes.io/revision-history", "1"))
                : Map(("deployment.kubernetes.io/revision", $"{revision}")),
        },
        Spec = new() { Replicas = replicas },
    };

    public static Node Node(string name, string zone = "a", string ready = "True") => new()
    {
        Metadata =
            Meta(name, "") with { Labels = Map(("topology.kubernetes.io/zone", zone), ("node.kubernetes.io/instance-type", "m7i.large")) },
        Spec = new() { ProviderId = $"aws:///{zone}/i-0{name}" },
        Status = new()
        {
            Conditions = [
                new() { Type = "Ready", Status = ready, LastTransitionTime = Now.AddHours(-1) },
                new() { Type = "DiskPressure", Status = "False" }],
            Addresses = [new() { Type = "InternalIP", Address = "10.0.0.7" }, new() { Type = "Hostname", Address = name }],
        },
    };
}

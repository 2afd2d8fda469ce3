using System.Text.Json.Serialization;

namespace Remediator.Facts.Objects;

internal sealed record Pod : IKubeObject
{
    public ObjectMeta Metadata { get; init; } = new();
    public PodSpec Spec { get; init; } = new();
    public PodStatus Status { get; init; } = new();
}

internal sealed record PodSpec
{
    [JsonConverter(typeof(SharedStringConverter))]
    public string NodeName { get; init; } = "";
    [JsonConverter(typeof(SharedStringConverter))]
    public string PriorityClassName { get; init; } = "";
    public IReadOnlyList<Container> Containers { get; init; } = [];
    public IReadOnlyList<Container> InitContainers { get; init; } = [];
    public IReadOnlyList<PodVolume> Volumes { get; init; } = [];
    public IReadOnlyList<ReadinessGate> ReadinessGates { get; init; } = [];
}

/// <summary>A condition of the pod that somebody outside sets, and without which it is not ready.</summary>
internal readonly record struct ReadinessGate([property: JsonConverter(typeof(SharedStringConverter))] string ConditionType);

/// <summary>Most volumes of a pod are of its own; those that are claimed, or of a server, can be somebody else's work too.</summary>
internal readonly record struct PodVolume(VolumeClaim? PersistentVolumeClaim, NfsVolume? Nfs);

internal sealed record VolumeClaim(string ClaimName);

internal sealed record Container
{
    [JsonConverter(typeof(SharedStringConverter))]
    public string Name { get; init; } = "";
    [JsonConverter(typeof(SharedStringConverter))]
    public string Image { get; init; } = "";
    /// <summary><c>Always</c> on an init container makes it a sidecar.</summary>
    [JsonConverter(typeof(SharedStringConverter))]
    public string RestartPolicy { get; init; } = "";
    public Probe? StartupProbe { get; init; }
    public Probe? ReadinessProbe { get; init; }
    public Resources Resources { get; init; } = Resources.None;
}

/// <param name="InitialDelaySeconds">Kubernetes' default is 0.</param>
internal readonly record struct Probe(int InitialDelaySeconds, int? PeriodSeconds, int? FailureThreshold)
{
    /// <summary>How long a container may take before the probe has failed.</summary>
    public TimeSpan Budget => TimeSpan.FromSeconds(InitialDelaySeconds + ((double)(PeriodSeconds ?? 10) * (FailureThreshold ?? 3)));
}

internal sealed record Resources
{
    public static Resources None { get; } = new();

    [JsonConverter(typeof(LabelsConverter))]
    public IReadOnlyDictionary<string, string> Limits { get; init; } = ObjectMeta.NoLabels;
    [JsonConverter(typeof(LabelsConverter))]
    public IReadOnlyDictionary<string, string> Requests { get; init; } = ObjectMeta.NoLabels;
}

internal sealed record PodStatus
{
    [JsonConverter(typeof(SharedStringConverter))]
    public string Phase { get; init; } = "";
    [JsonConverter(typeof(SharedStringConverter))]
    public string Reason { get; init; } = "";
    /// <summary>Only a pod that was evicted or not admitted has one.</summary>
    public string Message { get; init; } = "";
    [JsonConverter(typeof(SharedStringConverter))]
    public string PodIP { get; init; } = "";
    public IReadOnlyList<ObjectCondition> Conditions { get; init; } = [];
    public IReadOnlyList<ContainerStatus> ContainerStatuses { get; init; } = [];
    public IReadOnlyList<ContainerStatus> InitContainerStatuses { get; init; } = [];
}

internal sealed record ContainerStatus
{
    [JsonConverter(typeof(SharedStringConverter))]
    public string Name { get; init; } = "";
    public bool Ready { get; init; }
    public int RestartCount { get; init; }
    public ContainerState State { get; init; } = ContainerState.None;
    public ContainerState LastState { get; init; } = ContainerState.None;
}

internal sealed record ContainerState
{
    public static ContainerState None { get; } = new();

    public WaitingState? Waiting { get; init; }
    public RunningState? Running { get; init; }
    public TerminatedState? Terminated { get; init; }
}

internal sealed record WaitingState
{
    [JsonConverter(typeof(SharedStringConverter))]
    public string Reason { get; init; } = "";
    public string Message { get; init; } = "";
}

internal sealed record RunningState
{
    public DateTimeOffset? StartedAt { get; init; }
}

internal sealed record TerminatedState
{
    [JsonConverter(typeof(SharedStringConverter))]
    public string Reason { get; init; } = "";
    public int ExitCode { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
}

using System.Text.Json.Serialization;

namespace Remediator.Facts.Objects;

/// <summary>
/// A Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or CronJob: the fields of all of them, of which each fills its own.
/// </summary>
internal sealed record Workload : IKubeObject
{
    public ObjectMeta Metadata { get; init; } = new();
    public WorkloadSpec Spec { get; init; } = new();
    public WorkloadStatus Status { get; init; } = new();
}

internal sealed record WorkloadSpec
{
    public int? Replicas { get; init; }
    public bool Paused { get; init; }
    public bool Suspend { get; init; }
    public int? Parallelism { get; init; }
    public UpdateStrategy UpdateStrategy { get; init; } = UpdateStrategy.None;
    [JsonConverter(typeof(SharedStringConverter))]
    public string PodManagementPolicy { get; init; } = "";
    public PodTemplate Template { get; init; } = PodTemplate.None;
}

internal sealed record UpdateStrategy
{
    public static UpdateStrategy None { get; } = new();

    [JsonConverter(typeof(SharedStringConverter))]
    public string Type { get; init; } = "";
    public RollingUpdate RollingUpdate { get; init; } = RollingUpdate.None;
}

internal sealed record RollingUpdate
{
    public static RollingUpdate None { get; } = new();

    public int Partition { get; init; }
}

internal sealed record PodTemplate
{
    public static PodTemplate None { get; } = new();

    public TemplateMeta Metadata { get; init; } = TemplateMeta.None;
    public TemplateSpec Spec { get; init; } = TemplateSpec.None;
}

internal sealed record TemplateMeta
{
    public static TemplateMeta None { get; } = new();

    [JsonConverter(typeof(LabelsConverter))]
    public IReadOnlyDictionary<string, string> Labels { get; init; } = ObjectMeta.NoLabels;
}

internal sealed record TemplateSpec
{
    public static TemplateSpec None { get; } = new();

    [JsonConverter(typeof(SharedStringConverter))]
    public string PriorityClassName { get; init; } = "";
    public IReadOnlyList<NamedContainer> Containers { get; init; } = [];
    public IReadOnlyList<NamedContainer> InitContainers { get; init; } = [];
}

/// <summary>Of a template only the names: what a pod has besides them was injected.</summary>
internal readonly record struct NamedContainer([property: JsonConverter(typeof(SharedStringConverter))] string Name);

internal sealed record WorkloadStatus
{
    public long ObservedGeneration { get; init; }
    public int Replicas { get; init; }
    public int UpdatedReplicas { get; init; }
    public int ReadyReplicas { get; init; }
    public int? AvailableReplicas { get; init; }
    public int DesiredNumberScheduled { get; init; }
    public int UpdatedNumberScheduled { get; init; }
    public int NumberReady { get; init; }
    public int NumberAvailable { get; init; }
    public int Succeeded { get; init; }
    public int Failed { get; init; }
    [JsonConverter(typeof(SharedStringConverter))]
    public string CurrentRevision { get; init; } = "";
    [JsonConverter(typeof(SharedStringConverter))]
    public string UpdateRevision { get; init; } = "";
    public IReadOnlyList<MessageCondition> Conditions { get; init; } = [];
}

/// <summary>There are few of them, so that their words may be kept.</summary>
internal sealed record MessageCondition : ObjectCondition
{
    public string Message { get; init; } = "";
}

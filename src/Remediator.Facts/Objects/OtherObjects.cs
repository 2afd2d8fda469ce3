using System.Text.Json.Serialization;

namespace Remediator.Facts.Objects;

internal sealed record Node : IKubeObject
{
    public ObjectMeta Metadata { get; init; } = new();
    public NodeSpec Spec { get; init; } = new();
    public NodeStatus Status { get; init; } = new();
}

internal sealed record NodeSpec
{
    public bool Unschedulable { get; init; }
    [JsonPropertyName("providerID")]
    public string ProviderId { get; init; } = "";
    public IReadOnlyList<Taint> Taints { get; init; } = [];
}

internal sealed record Taint
{
    public string Key { get; init; } = "";
}

internal sealed record NodeStatus
{
    public IReadOnlyList<MessageCondition> Conditions { get; init; } = [];
    public IReadOnlyList<NodeAddress> Addresses { get; init; } = [];
    public NodeInfo NodeInfo { get; init; } = new();
}

internal sealed record NodeInfo
{
    [JsonPropertyName("machineID")]
    public string MachineId { get; init; } = "";
    [JsonPropertyName("bootID")]
    public string BootId { get; init; } = "";
}

internal sealed record NodeAddress
{
    public string Type { get; init; } = "";
    public string Address { get; init; } = "";
}

internal sealed record Namespace : IKubeObject
{
    public ObjectMeta Metadata { get; init; } = new();
}

/// <summary>A revision of a StatefulSet or DaemonSet.</summary>
internal sealed record ControllerRevision : IKubeObject
{
    public ObjectMeta Metadata { get; init; } = new();
    public long Revision { get; init; }
}

internal sealed record PersistentVolumeClaim : IKubeObject
{
    public ObjectMeta Metadata { get; init; } = new();
    public ClaimSpec Spec { get; init; } = new();
    public ClaimStatus Status { get; init; } = new();
}

internal sealed record ClaimSpec
{
    [JsonConverter(typeof(SharedStringConverter))]
    public string StorageClassName { get; init; } = "";
    public string VolumeName { get; init; } = "";
}

internal sealed record ClaimStatus
{
    [JsonConverter(typeof(SharedStringConverter))]
    public string Phase { get; init; } = "";
    [JsonConverter(typeof(LabelsConverter))]
    public IReadOnlyDictionary<string, string> Capacity { get; init; } = ObjectMeta.NoLabels;
}

internal sealed record PersistentVolume : IKubeObject
{
    public ObjectMeta Metadata { get; init; } = new();
    public VolumeSpec Spec { get; init; } = new();
}

internal sealed record VolumeSpec
{
    public NfsVolume? Nfs { get; init; }
    public CsiVolume? Csi { get; init; }
}

internal sealed record NfsVolume
{
    [JsonConverter(typeof(SharedStringConverter))]
    public string Server { get; init; } = "";
}

internal sealed record CsiVolume
{
    [JsonConverter(typeof(SharedStringConverter))]
    public string Driver { get; init; } = "";
    public string VolumeHandle { get; init; } = "";
    [JsonConverter(typeof(LabelsConverter))]
    public IReadOnlyDictionary<string, string> VolumeAttributes { get; init; } = ObjectMeta.NoLabels;
}

internal sealed record StorageClass : IKubeObject
{
    public ObjectMeta Metadata { get; init; } = new();
    public bool AllowVolumeExpansion { get; init; }
}

internal sealed record DisruptionBudget : IKubeObject
{
    public ObjectMeta Metadata { get; init; } = new();
    public DisruptionSpec Spec { get; init; } = new();
    public DisruptionStatus Status { get; init; } = new();
}

internal sealed record DisruptionSpec
{
    public LabelSelector? Selector { get; init; }
}

internal sealed record DisruptionStatus
{
    public int DisruptionsAllowed { get; init; }
    public int CurrentHealthy { get; init; }
    public int DesiredHealthy { get; init; }
}

/// <summary>A HorizontalPodAutoscaler, as autoscaling/v2 has it (Kubernetes 1.23).</summary>
internal sealed record Autoscaler : IKubeObject
{
    public ObjectMeta Metadata { get; init; } = new();
    public AutoscalerSpec Spec { get; init; } = new();
    public AutoscalerStatus Status { get; init; } = new();
}

internal sealed record AutoscalerSpec
{
    public ScaleTarget ScaleTargetRef { get; init; } = new();
    public int? MinReplicas { get; init; }
    public int MaxReplicas { get; init; }
}

internal sealed record ScaleTarget
{
    public string ApiVersion { get; init; } = "";
    public string Kind { get; init; } = "";
    public string Name { get; init; } = "";
}

internal sealed record AutoscalerStatus
{
    public int CurrentReplicas { get; init; }
    public int DesiredReplicas { get; init; }
    public IReadOnlyList<MessageCondition> Conditions { get; init; } = [];
}

internal sealed record LabelSelector
{
    [JsonConverter(typeof(LabelsConverter))]
    public IReadOnlyDictionary<string, string> MatchLabels { get; init; } = ObjectMeta.NoLabels;
    public IReadOnlyList<LabelRequirement> MatchExpressions { get; init; } = [];

    public bool Matches(IReadOnlyDictionary<string, string> labels) =>
        MatchLabels.All(m => labels.TryGetValue(m.Key, out var value) && value == m.Value) && MatchExpressions.All(e => e.Matches(labels));
}

internal sealed record LabelRequirement
{
    public string Key { get; init; } = "";
    public string Operator { get; init; } = "";
    public IReadOnlyList<string> Values { get; init; } = [];

    public bool Matches(IReadOnlyDictionary<string, string> labels) => Operator switch
    {
        "In" => labels.TryGetValue(Key, out var value) && Values.Contains(value),
        "NotIn" => !labels.TryGetValue(Key, out var value) || !Values.Contains(value),
        "Exists" => labels.ContainsKey(Key),
        "DoesNotExist" => !labels.ContainsKey(Key),
        _ => false,
    };
}

using System.Text.Json.Serialization;
using Remediator.Core.Resources;

namespace Remediator.Facts.Objects;

internal interface IKubeObject
{
    ObjectMeta Metadata { get; }
}

/// <summary>What is kept of an object's metadata; what <c>managedFields</c> lists and foreign annotations never reach memory.</summary>
internal sealed record ObjectMeta
{
    public string Name { get; init; } = "";
    [JsonConverter(typeof(SharedStringConverter))]
    public string Namespace { get; init; } = "";
    public string Uid { get; init; } = "";
    public string ResourceVersion { get; init; } = "";
    public long Generation { get; init; }
    public DateTimeOffset? CreationTimestamp { get; init; }
    public DateTimeOffset? DeletionTimestamp { get; init; }
    [JsonConverter(typeof(LabelsConverter))]
    public IReadOnlyDictionary<string, string> Labels { get; init; } = NoLabels;
    [JsonConverter(typeof(AnnotationsConverter))]
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = NoLabels;
    public IReadOnlyList<OwnerReference> OwnerReferences { get; init; } = [];
    /// <summary>The delivery tool among the managers that <c>managedFields</c> names; empty where there is none.</summary>
    [JsonPropertyName("managedFields")]
    [JsonConverter(typeof(DeliveryToolConverter))]
    public string DeliveryTool { get; init; } = "";

    public static IReadOnlyDictionary<string, string> NoLabels { get; } = new Dictionary<string, string>();

    [JsonIgnore]
    public ObjectName Key => new(Namespace, Name);

    [JsonIgnore]
    public OwnerReference? Controller => OwnerReferences.FirstOrDefault(o => o.Controller == true);

    public string Label(string key) => Labels.GetValueOrDefault(key, "");

    public string Annotation(string key) => Annotations.GetValueOrDefault(key, "");
}

internal readonly record struct ObjectName(string Namespace, string Name);

internal sealed record OwnerReference
{
    [JsonConverter(typeof(SharedStringConverter))]
    public string ApiVersion { get; init; } = "";
    [JsonConverter(typeof(SharedStringConverter))]
    public string Kind { get; init; } = "";
    [JsonConverter(typeof(SharedStringConverter))]
    public string Name { get; init; } = "";
    public bool? Controller { get; init; }

    /// <summary>As keys of resources write it.</summary>
    [JsonIgnore]
    public string ResourceKind => ResourceKinds.OfApi(Kind, ApiVersion);
}

/// <summary>A condition of a node, a pod or a workload.</summary>
internal record ObjectCondition
{
    [JsonConverter(typeof(SharedStringConverter))]
    public string Type { get; init; } = "";
    [JsonConverter(typeof(SharedStringConverter))]
    public string Status { get; init; } = "";
    [JsonConverter(typeof(SharedStringConverter))]
    public string Reason { get; init; } = "";
    public DateTimeOffset? LastTransitionTime { get; init; }
    public DateTimeOffset? LastUpdateTime { get; init; }
}

internal static class Conditions
{
    public static T? Of<T>(this IReadOnlyList<T> conditions, string type)
        where T : ObjectCondition
    {
        foreach (var condition in conditions)
        {
            if (condition.Type == type)
                return condition;
        }

        return null;
    }

    /// <summary>true, false or unknown; unknown also where nothing is said.</summary>
    public static string Truth(this IReadOnlyList<ObjectCondition> conditions, string type) => conditions.Of(type)?.Status switch
    {
        "True" => "true",
        "False" => "false",
        _ => "unknown",
    };
}

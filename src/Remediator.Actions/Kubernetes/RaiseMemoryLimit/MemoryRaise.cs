using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Remediator.Actions.Kubernetes.Workloads;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.RaiseMemoryLimit;

/// <summary>One container's limit, as it is in the template and as it will be.</summary>
/// <param name="Index">Its place in the template; the patch tests that the name is still there.</param>
/// <param name="From">As the template writes it.</param>
internal sealed record MemoryRaise(int Index, string Container, string From, string To)
{
    private const long Mi = 1L << 20;

    [JsonIgnore]
    public Quantity FromBytes => Quantity.Parse(From);

    [JsonIgnore]
    public Quantity ToBytes => Quantity.Parse(To);

    private string Path => string.Create(CultureInfo.InvariantCulture, $"/spec/template/spec/containers/{Index}");

    /// <summary>Replaces the one value by the other, in the container of that name.</summary>
    public void AddTo(ObjectPatch patch, string from, string to) => patch
        .Test($"{Path}/name", Container)
        .Test($"{Path}/resources/limits/memory", from)
        .Replace($"{Path}/resources/limits/memory", to);

    /// <summary>The limit in the template now; null where the container has gone or has none.</summary>
    public static (int Index, string Limit)? Find(JsonObject template, string container)
    {
        var containers = template["spec"]?["containers"] as JsonArray ?? [];
        for (var i = 0; i < containers.Count; i++)
        {
            if (containers[i]?["name"]?.ToString() == container
                && containers[i]?["resources"]?["limits"]?["memory"]?.ToString() is { } limit)
                return (i, limit);
        }

        return null;
    }

    /// <summary>Raised by the share, in whole Mi, and never above the ceiling.</summary>
    public static Quantity Raised(Quantity old, Percent by, Quantity ceiling)
    {
        var raised = (long)Math.Ceiling(old.Bytes * (1 + (by.Value / 100)) / Mi) * Mi;
        return new(Math.Min(raised, ceiling.Bytes));
    }
}

using Remediator.Core.Alerts;

namespace Remediator.Core.Resources;

/// <summary>Finds what an alert is about, by what is known of the topology; labels that name the exporter are no help.</summary>
public interface IResourceResolver
{
    Resolution Resolve(Alert alert);
}

/// <param name="Resource">Always a key; for an alert that names nothing it is <c>cluster/alert/NAMESPACE/ALERTNAME</c>.</param>
/// <param name="Known">False where no such resource was found in the topology.</param>
/// <param name="Labels">The alert's labels, those of its resource laid over them, and those that name the exporter taken out.</param>
/// <param name="How">In words, for the journal: <c>pod shop/api-x2x1z belongs to deployment shop/api</c>.</param>
public sealed record Resolution(ResourceKey Resource, bool Known, IReadOnlyDictionary<string, string> Labels, string How);

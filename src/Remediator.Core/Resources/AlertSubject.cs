using Remediator.Core.Alerts;

namespace Remediator.Core.Resources;

/// <summary>
/// An alert's labels with those that describe the object in the place of those that describe who reports it: <c>exported_pod</c> is the
/// pod.
/// </summary>
internal sealed class AlertSubject
{
    private const string Exported = "exported_";

    /// <summary>What Prometheus adds to every series of a target in a cluster.</summary>
    private static readonly string[] TargetLabels = ["pod", "container", "namespace", "instance", "service", "endpoint"];

    public AlertSubject(Alert alert)
    {
        Name = alert.Name;
        Labels = new(alert.Labels, StringComparer.Ordinal);
        var moved = alert.Labels.Where(l => l.Key.StartsWith(Exported, StringComparison.Ordinal)).ToList();
        if (moved.Count == 0)
            return;

        foreach (var label in TargetLabels)
            Labels.Remove(label);
        foreach (var (label, value) in moved)
        {
            Labels.Remove(label);
            Labels[label[Exported.Length..]] = value;
        }

        PodIsCertain = Labels.ContainsKey("pod");
    }

    public string Name { get; }

    public Dictionary<string, string> Labels { get; }

    /// <summary>The series itself says which pod it is about.</summary>
    public bool PodIsCertain { get; }

    public string this[string label] => Labels.GetValueOrDefault(label, "");

    public bool Has(string label) => this[label].Length > 0;
}

using Remediator.Core.Language;
using Remediator.Core.Policies;
using Remediator.Core.Resources;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Reading;

/// <summary>Reads the key <c>match</c> of a part of the policy; where it is missing, that part is about everything.</summary>
internal sealed class PolicyMatchReader(FaultList faults)
{
    public PolicyMatch Read(MapReader item)
    {
        if (item.Map("match", PolicyLabels.Names) is not { } match) return PolicyMatch.Everything;
        var labels = new Dictionary<string, string>();
        foreach (var name in PolicyLabels.Names)
        {
            if (match.Scalar(name) is not { } value) continue;
            Check(name, value);
            labels[name] = value.Value;
        }

        return new(labels);
    }

    /// <summary>Whether the view of the cluster shows all of a kind; a pattern may mean some that it does.</summary>
    public static bool CanBeCounted(string kind) => IsPattern(kind) || ResourceKinds.Find(kind) is { IsCounted: true };

    private void Check(string name, YamlScalar value)
    {
        if (value.Value.Length == 0 || value.Value.Any(c => c is '\\' || char.IsControl(c)))
            faults.At(value, $"'{name}' must be a name, in which * stands for any text and ? for any character");
        else if (name == "kind" && !IsPattern(value.Value) && !ResourceKinds.Repairable.Contains(value.Value))
            faults.At(value, $"there is no kind of resource '{value.Value}'{Suggestion.For(value.Value, ResourceKinds.Repairable)}");
    }

    private static bool IsPattern(string text) => text.AsSpan().IndexOfAny('*', '?') >= 0;
}

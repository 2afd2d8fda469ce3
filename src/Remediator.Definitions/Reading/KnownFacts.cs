using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;

namespace Remediator.Definitions.Reading;

/// <summary>
/// What a condition names has to be known to somebody in this version: else it would never hold, and nobody would see why.
/// </summary>
internal static class KnownFacts
{
    public static void Check(ReadPlaybook read, ActionRegistry actions)
    {
        var given = read.Playbook.Looks.SelectMany(l => actions.Get<ILook>(l.Use).Gives).ToHashSet();
        foreach (var fault in Faults(Conditions(read.Playbook), given, actions))
            read.Faults.At(read.Name, fault);
    }

    private static IEnumerable<Condition> Conditions(Playbook playbook) =>
        playbook.Problem.Concat(playbook.Waits.SelectMany(w => w.When)).Concat(playbook.Ladder.SelectMany(s => s.When));

    public static void Check(ReadRule read, ActionRegistry actions)
    {
        if (read is not { Rule: { } rule, Name: { } name }) return;
        foreach (var fault in Faults(rule.When.Concat(rule.Unless), [], actions)) read.Faults.At(name, fault);
    }

    private static IEnumerable<string> Faults(IEnumerable<Condition> conditions, HashSet<string> given, ActionRegistry actions) =>
        conditions.SelectMany(c => c.Kinds).Distinct().Where(k => !given.Contains(k)).Select(k => Fault(k, actions)).OfType<string>();

    private static string? Fault(string name, ActionRegistry actions)
    {
        if (!FactSchema.TryGet(name, out var kind)) return null;
        var looks = actions.All.OfType<ILook>().ToList();
        if (kind.IsLooked)
        {
            var able = looks.Where(l => l.Gives.Contains(name)).Select(l => l.Descriptor.Name).ToList();
            return $"{kind.WithArticle} is seen by a look alone: a playbook names one under 'look' that gives "
                + $"it{(able.Count > 0 ? $" ({string.Join(", ", able)})" : ", and this version has none")}";
        }

        return kind.Provider is "" or FactSchema.Kubernetes || looks.Exists(l => l.Provider == kind.Provider)
            ? null
            : $"nobody knows of {kind.WithArticle} here: this version has no provider '{kind.Provider}'";
    }
}

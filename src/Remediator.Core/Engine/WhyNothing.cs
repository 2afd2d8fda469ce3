using Remediator.Core.Facts;
using Remediator.Core.Language;
using Remediator.Core.Resources;
using Remediator.Core.Rules;
using Remediator.Core.Worlds;

namespace Remediator.Core.Engine;

/// <summary>
/// The first thing to say where no rule matches. It stays the same as long as the same keeps all rules out, so that it holds no count and
/// no time.
/// </summary>
internal static class WhyNothing
{
    private const int LongestText = 300;
    private const string AlertClause = "alert";

    /// <summary>More of them nobody reads; the trace has them all.</summary>
    private const int MostConditions = 3;

    public static string Of(Decision decision, string alert, World world)
    {
        if (decision.Trace.Count == 0)
        {
            return $"no rule is about {alert}";
        }

        if (Unknown(world) is { } unknown)
        {
            return unknown;
        }

        // those that were kept out last
        var last = decision.Trace.GroupBy(c => c.Conditions.TakeWhile(t => t.Ok).Count()).MaxBy(g => g.Key)!.ToList();
        var asked = last.Select(c => c.Conditions.FirstOrDefault(t => !t.Ok)).ToList();
        if (last.Count > 1 && asked.TrueForAll(c => c is { Clause: Condition.WhenClause, IsDecided: true }))
        {
            var texts = asked.Select(c => WithoutJoin(c!.Text)).Distinct().ToList();
            if (texts.Count > MostConditions)
            {
                return $"no rule about {alert} applies: nothing of what they look for is there now";
            }

            return $"no rule about {alert} applies, since none of this holds: {Short(string.Join("; ", texts))}";
        }

        var nearest = last.Find(c => c.Conditions.FirstOrDefault(t => !t.Ok) is { Clause: Condition.UnlessClause }) ?? last[0];
        return nearest.Conditions.FirstOrDefault(c => !c.Ok) switch
        {
            null or { Clause: AlertClause } => OfLabels(decision, alert, world.Resource.Kind),
            { IsDecided: false } open =>
                $"rule {nearest.Rule} does not apply, since it cannot be decided whether this holds: {Short(open.Text)}",
            { Clause: Condition.UnlessClause } failing => $"rule {nearest.Rule} does not apply, since this holds: {Short(failing.Text)}",
            { } failing => $"rule {nearest.Rule} does not apply, since this does not hold: {Short(failing.Text)}",
        };
    }

    /// <summary>Where all rules ask for other kinds, what people need to know is that, and not of which label it was read.</summary>
    private static string OfLabels(Decision decision, string alert, string kind)
    {
        var found = decision.Trace.Select(c => c.Conditions.FirstOrDefault(t => t is { Clause: AlertClause, Ok: false })?.Found)
            .OfType<string>().Distinct().ToList();
        return found is [var only] && only.StartsWith("workload_kind is ", StringComparison.Ordinal)
            ? $"no rule about {alert} is for a {kind}"
            : $"no rule is about this {alert}: its labels are not those that the rules ask for"
                + (found.Count <= MostConditions ? $" ({Short(string.Join("; ", found))})" : "");
    }

    /// <summary>Facts about what nobody can see are none, whatever a rule asks for.</summary>
    private static string? Unknown(World world)
    {
        var kind = ResourceKinds.Of(world.Resource);
        // how a file system is, only looks show: that there is no fact says nothing
        if (kind.Fact.Length == 0 || kind.Name == ResourceKinds.FileSystem || world.View.Of(world.Resource, kind.Fact).Length > 0)
        {
            return null;
        }

        return kind.MayBeOutside ? $"{world.Resource.Display} is not known"
            : world.ViewState is ViewState.NotConfigured ? $"{world.Resource.Display} is not known: no cluster is watched"
            : $"{world.Resource.Display} is not known in the cluster";
    }

    private static string WithoutJoin(string condition) =>
        condition.StartsWith("on(", StringComparison.Ordinal) && condition.IndexOf(')', StringComparison.Ordinal) is > 0 and var end
            ? condition[(end + 1)..].Trim()
            : condition;

    private static string Short(string text) => Excerpt.Of(text, LongestText);
}

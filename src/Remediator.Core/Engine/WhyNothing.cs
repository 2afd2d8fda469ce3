using Remediator.Core.Facts;
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
    private const int LongestText = 160;

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

        // the one that was kept out last
        var nearest = decision.Trace.MaxBy(c => c.Conditions.TakeWhile(t => t.Ok).Count())!;
        return nearest.Conditions.FirstOrDefault(c => !c.Ok) switch
        {
            null or { Clause: "alert" } => $"no rule is about this {alert}: its labels are not those that the rules ask for",
            { Clause: Condition.UnlessClause } failing => $"rule {nearest.Rule} does not apply, since this holds: {Short(failing.Text)}",
            { } failing => $"rule {nearest.Rule} does not apply, since this does not hold: {Short(failing.Text)}",
        };
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

    private static string Short(string text) => text.Length <= LongestText ? text : $"{text[..LongestText]}…";
}

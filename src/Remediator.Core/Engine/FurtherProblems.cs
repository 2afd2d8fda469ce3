using System.Collections.Frozen;
using Remediator.Core.Incidents;
using Remediator.Core.Rules;

namespace Remediator.Core.Engine;

/// <summary>
/// More problems of one resource than are decided on one by one. Each name of an alert may be a problem, and the document is written with
/// every decision: the alerts of all further ones are one incident, which people get.
/// </summary>
internal static class FurtherProblems
{
    public const string Problem = "too-many-problems";

    /// <summary>As many have an incident each; kube-prometheus ships some 150 alerts for all resources together.</summary>
    public const int MostOpen = 100;

    /// <returns>The problem under which an alert is kept that is of no open incident.</returns>
    public static string Of(ResourceState state, string problem) =>
        state.OfProblem(problem) is null && state.Incidents.Count(i => i.Problem != Problem) >= MostOpen ? Problem : problem;

    public static Decision Decide(Decision ofOneAlert) => ofOneAlert with
    {
        Kind = DecisionKind.Escalate,
        Rule = Problem,
        Playbook = null,
        Message = $"more than {MostOpen} problems of this resource are open, so its further alerts are handed over together; "
            + "'remediator audit show' lists them",
        Group = FrozenDictionary<string, string>.Empty,
        For = TimeSpan.Zero,
    };
}

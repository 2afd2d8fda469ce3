using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>Which providers of facts a decision needs. The others may be away: what they know is not asked for.</summary>
internal static class Needs
{
    /// <summary>Of what the rules say: who shows the resource, and who knows the facts that any rule for its alerts names.</summary>
    public static IEnumerable<string> OfDecision(World world, Incident incident) =>
        OfResource(world)
            .Concat(incident.Alerts.Values.Select(a => a.Name).Distinct().SelectMany(world.Definitions.Rules.FactsFor).Select(Provider))
            .Where(p => p.Length > 0)
            .Distinct();

    /// <summary>Of a change: those of the decision, and who knows the facts that the playbook names.</summary>
    /// <param name="step">Null while it is decided whether a run may begin at all.</param>
    public static IEnumerable<string> OfChange(World world, Incident incident, Playbook playbook, LadderStep? step) =>
        OfDecision(world, incident)
            .Concat(playbook.Problem.Concat(step?.When ?? []).Concat(playbook.Waits.SelectMany(w => w.When))
                .SelectMany(c => c.Kinds).Select(Provider))
            .Where(p => p.Length > 0)
            .Distinct();

    /// <summary>
    /// A machine that is known to be outside needs no cluster. Of one that nobody knows it has to be known that it is no node.
    /// </summary>
    private static IEnumerable<string> OfResource(World world)
    {
        if (!ResourceKinds.Of(world.Resource).MayBeOutside)
        {
            return [FactSchema.Kubernetes];
        }

        var knowsHosts = world.SightOf(FactSchema.Hosts) is not null;
        return world.IsOutside || (world.ViewState is ViewState.NotConfigured && !knowsHosts)
            ? knowsHosts ? [FactSchema.Hosts] : []
            : knowsHosts ? [FactSchema.Kubernetes, FactSchema.Hosts] : [FactSchema.Kubernetes];
    }

    /// <summary>Empty for what is looked at anew.</summary>
    private static string Provider(string kind) => FactSchema.TryGet(kind, out var known) && !known.IsLooked ? known.Provider : "";
}

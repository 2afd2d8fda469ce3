using System.Collections.Immutable;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Core.Alerts;
using Remediator.Core.Engine;
using Remediator.Core.Facts;
using Remediator.Core.Policies;
using Remediator.Core.Resources;

namespace Remediator.Definitions.Tests.Shipped.Decided;

/// <summary>The engine before one situation that does not change.</summary>
internal sealed class Trial(DefinitionSet definitions, Situation situation, string kind, string owner)
{
    private static readonly DateTimeOffset Began = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    public (string Decision, string Reason) Run()
    {
        var read = new HashSet<string>();
        var shown = new Shown(
            now => new FactView(
                1, now, [.. situation.Facts(kind, owner, Began), new Fact(situation.AlertOf(kind), Alert().Labels, Began.AddMinutes(-15))]),
            (call, now) => read.Add(call.Use) && read.Count == 1
                ? new(call.Use, call.Use, "", situation.Found(now), Values(), null)
                : new(call.Use, call.Use, "", [], ImmutableDictionary<string, string>.Empty, null),
            (plan, _) => new PlanMade(new() { Summary = plan.Call.Use, Parameters = new Dictionary<string, string> {
                ["pod"] = "api-0", ["namespace"] = "shop" } }));
        return new EngineTrial(definitions, new ResourceKey("prod", kind, "shop", "api"), shown, Began).Run(Alert());
    }

    /// <summary>What the situation has, and what is told of the way back from a release.</summary>
    private Dictionary<string, string> Values()
    {
        var known = new FactView(1, Began, situation.Facts(kind, owner, Began));
        var values = new Dictionary<string, string>(situation.Values);
        if (PullWords.Of(values, isInvalid: false, values.GetValueOrDefault("message")) is { } says)
            values["pull_says"] = says;
        if (WayBack.Of(known) is { } back)
            values["way_back"] = back;
        if (WayBack.NotBlamed(known) is { } notBlamed)
            values["not_blamed"] = notBlamed;
        return values;
    }

    private IncomingAlert Alert()
    {
        var labels = new Dictionary<string, string>
        {
            ["alertname"] = situation.AlertOf(kind), ["severity"] = "warning", ["namespace"] = "shop", ["workload"] = "api",
            ["workload_kind"] = kind,
        };
        return new(
            new()
            {
                Name = situation.AlertOf(kind), Status = AlertStatus.Firing, Labels = labels,
                StartsAt = Began.AddMinutes(-15), Fingerprint = "f1",
            },
            "alertmanager", "t1", "by its labels", labels);
    }
}

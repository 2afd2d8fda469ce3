using Remediator.Core.Journal;
using Remediator.Core.Language;
using Remediator.Core.Policies;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>
/// The limits of the policy as budgets of one resource. A budget is named for its set alone, so that what is in flight is still counted
/// after the policy has changed its number.
/// </summary>
internal static class PolicyBudgets
{
    /// <summary>Of a budget's name, by <see cref="ShortText.LengthOf"/>.</summary>
    private const int LongestName = 2048;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static IEnumerable<BudgetLimit> Of(World world, ResourceKey resource, string playbook)
    {
        var labels = resource == world.Resource ? world.Labels(playbook) : new(resource, world.View, playbook);
        return
            from limit in world.Definitions.Policy.Limits
            where limit.Match.Matches(labels)
            from values in Values(limit.Each, labels)
            select Of(world, resource, limit, values);
    }

    private static BudgetLimit Of(World world, ResourceKey resource, PolicyLimit limit, IReadOnlyDictionary<string, string> values)
    {
        var set = new Dictionary<string, string>(limit.Match.Labels);
        foreach (var (label, value) in values)
        {
            set[label] = value;
        }

        var budget = new BudgetLimit(ShortText.Of($"{resource.Cluster}{PolicyMatch.Text(set)}", LongestName), limit.AtOnce ?? int.MaxValue)
        {
            Rate = limit.PerHour is { } most ? new(most, world.Settings.Scaled(Hour)) : null,
        };
        return limit.Percent is { } percent ? OfPercent(budget, percent, LimitedSet.Of(world, resource, limit.Match, values)) : budget;
    }

    private static BudgetLimit OfPercent(BudgetLimit budget, int percent, LimitedSet set) => budget with
    {
        AtOnce = set.Total == 0 ? 0 : Math.Max(1, (int)((long)set.Total * percent / 100)),
        Unhealthy = set.Unhealthy,
        Meaning = set.Total == 0 ? "its set is empty, as far as the view of the cluster shows" : $"{percent}% of {set.Total}",
    };

    /// <summary>Every combination of the values of these labels; a label that the resource lacks is a value too.</summary>
    private static IEnumerable<IReadOnlyDictionary<string, string>> Values(IReadOnlyList<string> each, PolicyLabels labels)
    {
        IEnumerable<Dictionary<string, string>> all = [new Dictionary<string, string>()];
        return each.Aggregate(all, (some, label) =>
            from values in some
            from value in labels[label] is { Count: > 0 } known ? known : [""]
            select new Dictionary<string, string>(values) { [label] = value });
    }
}

using Remediator.Core.Journal;
using Remediator.Core.Language;

namespace Remediator.Journal.Writing;

/// <summary>Why a budget has no room.</summary>
internal static class BudgetWords
{
    private const int NamedHolders = 5;

    public static string Full(BudgetLimit limit, List<Holder> others)
    {
        if (others.Count == 0 && limit.Unhealthy.Count == 0)
            return $"Budget '{limit.Budget}' allows {limit.AtOnce} at once.";
        var sick = limit.Unhealthy.Count == 0 && limit.Meaning.Length == 0 ? "" : $" and {limit.Unhealthy.Count} unhealthy";
        return HeldReason.Of($"Budget '{limit.Budget}' is used up: {others.Count} of {limit.AtOnce} in flight{sick}", Names(others));
    }

    public static string TooOften(string budget, ChangeRate rate) =>
        $"Budget '{budget}' is used up: {Plural.Of(rate.Most, "change")} within {Duration.Format(rate.Within)} {Plural.Are(rate.Most)} "
            + "allowed, and that many have started.";

    private static string Names(List<Holder> holders)
    {
        if (holders.Count == 0)
            return "";
        var rest = holders.Count > NamedHolders ? $" and {holders.Count - NamedHolders} more" : "";
        return $"{(holders.Count == 1 ? "incident" : "incidents")} "
            + $"{string.Join(", ", holders.Take(NamedHolders).Select(h => h.Incident))}{rest}";
    }
}

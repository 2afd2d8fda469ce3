namespace Remediator.Core.Actions;

/// <summary>Whether the target of a plan is still the one that was planned for.</summary>
public static class TargetIdentity
{
    /// <summary>What plans call that which tells their target from another of its name, in their preconditions.</summary>
    private static readonly IReadOnlyList<string> Names = ["uid", "instance_id", "boot_id", "machine_id", "invocation_id"];

    /// <summary>Two plans are for the same target. What else is among their preconditions may change meanwhile.</summary>
    public static bool IsSame(ActionPlan a, ActionPlan b) =>
        Names.All(n => a.Preconditions.GetValueOrDefault(n) == b.Preconditions.GetValueOrDefault(n));

    /// <param name="live">
    /// What <see cref="IChangeAction.IdentifyAsync"/> saw; null where the target is gone, which is not another one.
    /// </param>
    /// <returns>What is different, in words; null where nothing is.</returns>
    public static string? Difference(string target, ActionPlan plan, IReadOnlyDictionary<string, string>? live)
    {
        if (live is null)
        {
            return null;
        }

        if (live.Count == 0)
        {
            return $"nothing tells {target} from another of its name";
        }

        foreach (var (name, value) in live)
        {
            if (!plan.Preconditions.TryGetValue(name, out var planned))
            {
                return $"the plan does not say which {name} of {target} it is for";
            }

            if (planned != value)
            {
                return $"{target} is another one than the one that was planned for: its {name} is {value}, not {planned}";
            }
        }

        return null;
    }
}

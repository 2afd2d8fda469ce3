using Remediator.Core.Facts;
using Remediator.Core.Rules;

namespace Remediator.Core.Playbooks;

/// <summary>Which of the times of a <see cref="WaitRow"/> a step waits for.</summary>
public enum WaitOf { Act, Replace }

/// <summary>How long a resource has to be sick before something is done about it, where these conditions hold.</summary>
/// <param name="When">All of them; none holds always.</param>
/// <param name="Act">Until the first act; null where there is to be none.</param>
/// <param name="Replace">Until it is replaced; null where it never is.</param>
public sealed record WaitRow(IReadOnlyList<Condition> When, TimeSpan? Act, TimeSpan? Replace)
{
    public bool Holds(FactView view) => When.All(c => c.Evaluate("when", null, view).Ok);

    public TimeSpan? Of(WaitOf what) => what is WaitOf.Act ? Act : Replace;
}

/// <param name="Time">Null where the step is never taken.</param>
/// <param name="Why">Of a step that is never taken, in words.</param>
public readonly record struct StepWait(TimeSpan? Time, string Why = "");

/// <summary>A row for something special comes before the one for all else, and suppresses it.</summary>
public static class Waits
{
    public static StepWait Of(Playbook playbook, LadderStep step, FactView view)
    {
        if (step.WaitsFor is not { } what)
            return new(step.After);
        // that the last row holds always is checked when the file is read
        var row = playbook.Waits.First(r => r.Holds(view));
        return row.Of(what) is { } time
            ? new(time)
            : new(null, $"'{Word(what)}' is never where {string.Join(" and ", row.When.Select(c => c.Text))}");
    }

    public static string Word(WaitOf what) => what.ToString().ToLowerInvariant();
}

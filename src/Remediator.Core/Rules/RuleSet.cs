namespace Remediator.Core.Rules;

/// <summary>Parsed and checked rules, neutral to the engine that will run them.</summary>
/// <param name="Revision">Content hash.</param>
public sealed record RuleSet(string Revision, IReadOnlyList<Rule> Rules);

/// <summary>Alert and facts, and what follows from them.</summary>
public sealed record Rule
{
    public required string Name { get; init; }
    /// <summary><c>rules/workloads/restart-loop.yaml:3</c>.</summary>
    public required string Place { get; init; }
    public required Selector Alert { get; init; }
    /// <summary>All must hold.</summary>
    public IReadOnlyList<Condition> When { get; init; } = [];
    /// <summary>None may hold.</summary>
    public IReadOnlyList<Condition> Unless { get; init; } = [];
    /// <summary>It must win continuously for so long before it is followed.</summary>
    public TimeSpan For { get; init; }
    public int Priority { get; init; }
    public required RuleOutcome Then { get; init; }
}

public abstract record RuleOutcome
{
    private RuleOutcome() { }

    /// <param name="With">What the playbook sees as <c>params</c>.</param>
    public sealed record Run(string Playbook, IReadOnlyDictionary<string, LiquidText> With) : RuleOutcome;

    public sealed record Suppress(LiquidText Reason) : RuleOutcome;

    /// <param name="Group">Labels of the alert whose values share one incident.</param>
    public sealed record Escalate(LiquidText Message, IReadOnlyList<string> Group) : RuleOutcome;

    public DecisionKind Kind => this switch
    {
        Run => DecisionKind.Run,
        Suppress => DecisionKind.Suppress,
        _ => DecisionKind.Escalate,
    };
}

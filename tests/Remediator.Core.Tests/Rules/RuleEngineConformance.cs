using FsCheck;
using FsCheck.Fluent;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Rules;

/// <summary>What every engine behind <see cref="IRuleEngine"/> must do; against the language read aloud.</summary>
public abstract class RuleEngineConformance
{
    protected abstract IRuleEngine Engine { get; }

    [Fact]
    public void Engine_AnswersAsTheLanguageReadAloud() => Check(600, Arbitrary.Case, c =>
    {
        var decision = Compile(c.Rules).Decide(c.Alert, c.View);
        var expected = NestedLoops.Winner(c.Rules, c.Alert, c.View);
        return decision.Rule == expected?.Name
            && decision.Kind == (expected?.Then.Kind ?? DecisionKind.None)
            && decision.Trace.Where(t => t.Matched).Select(t => t.Rule).SequenceEqual(NestedLoops.Matching(c.Rules, c.Alert, c.View).Order(StringComparer.Ordinal));
    });

    [Fact]
    public void Engine_AskedTwice_AnswersTheSame() => Check(300, Arbitrary.Case, c =>
    {
        var program = Compile(c.Rules);
        return program.Decide(c.Alert, c.View).Explain() == program.Decide(c.Alert, c.View).Explain();
    });

    [Fact]
    public void OrderOfRulesAndFacts_ChangesNothing() => Check(200, Arbitrary.Case, c =>
    {
        var before = Compile(c.Rules).Decide(c.Alert, c.View);
        var shuffled = new Core.Facts.FactView(1, default, c.View.All.Reverse());
        var after = Compile([.. c.Rules.Reverse()]).Decide(c.Alert, shuffled);
        return before.Rule == after.Rule && before.Message == after.Message && before.Trace.Select(t => (t.Rule, t.Matched)).SequenceEqual(after.Trace.Select(t => (t.Rule, t.Matched)));
    });

    [Fact]
    public void RuleThatStops_Added_NeverCausesARun() => Check(300, from c in Arbitrary.Case from veto in Arbitrary.Rules select (c, veto), pair =>
    {
        var (c, more) = pair;
        var vetoes = more.Where(r => r.Then.Kind is not DecisionKind.Run).Select(r => r with { Name = $"veto-{r.Name}" });
        var before = Compile(c.Rules).Decide(c.Alert, c.View);
        var after = Compile([.. c.Rules, .. vetoes]).Decide(c.Alert, c.View);
        return after.Kind is not DecisionKind.Run || (before.Kind is DecisionKind.Run && before.Rule == after.Rule);
    });

    [Fact]
    public void Run_NeverStands_OnAConditionThatCannotBeDecided() => Check(300, Arbitrary.Case, c =>
        Compile(c.Rules).Decide(c.Alert, c.View) is not { Kind: DecisionKind.Run } run
        || run.Trace.Single(t => t.Rule == run.Rule).Conditions.All(t => !t.Found.StartsWith("cannot be decided", StringComparison.Ordinal)));

    private IRuleProgram Compile(params Rule[] rules) => Engine.Compile(new("r", rules));

    private static void Check<T>(int cases, Gen<T> gen, Func<T, bool> holds) =>
        Prop.ForAll(gen.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(cases));
}

public sealed class NativeRuleEngineConformance : RuleEngineConformance
{
    protected override IRuleEngine Engine => new NativeRuleEngine();
}

using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using Remediator.Core.Facts;
using Remediator.Core.Rules;
using Remediator.Rete;

namespace Remediator.Core.Tests.Rules;

/// <summary>What every engine behind <see cref="IRuleEngine"/> must do; against the language read aloud.</summary>
public abstract class RuleEngineConformance
{
    protected abstract IRuleEngine Engine { get; }

    /// <summary>How many times as many stories as usual; each asks 40 times.</summary>
    protected virtual int Times => 1;

    [Fact]
    public void Engine_AnswersAsTheLanguageReadAloud() => Check(100, Arbitrary.Story, c =>
    {
        var program = Compile(c.Rules);
        return c.Moments.All(m =>
        {
            var decision = program.Decide(m.Alert, m.View);
            var expected = NestedLoops.Winner(c.Rules, m.Alert, m.View);
            return decision.Rule == expected?.Name
                && decision.Kind == (expected?.Then.Kind ?? DecisionKind.None)
                && decision.Trace.Where(t => t.Matched)
                    .Select(t => t.Rule)
                    .SequenceEqual(NestedLoops.Matching(c.Rules, m.Alert, m.View).Order(StringComparer.Ordinal));
        });
    });

    /// <summary>A name is another way to write what it means.</summary>
    [Fact]
    public void RulesWithNames_DecideAsThoseWithout() => Check(50, Arbitrary.Story, c =>
    {
        var (named, plain) = (Compile([.. Arbitrary.Named(c.Rules)]), Compile(c.Rules));
        return c.Moments.All(m =>
        {
            var (one, other) = (named.Decide(m.Alert, m.View), plain.Decide(m.Alert, m.View));
            return one.Rule == other.Rule && Answers(one).SequenceEqual(Answers(other));
        });

        static IEnumerable<(bool, string)> Answers(Decision decision) =>
            decision.Trace.SelectMany(t => t.Conditions.Select(a => (a.Ok, a.Found)));
    });

    /// <summary>What was asked before, and on which views, leaves nothing behind.</summary>
    [Fact]
    public void Engine_ExplainsAsOneThatWasNeverAskedBefore() => Check(50, Arbitrary.Story, c =>
    {
        var program = Compile(c.Rules);
        return c.Moments.All(m => program.Decide(m.Alert, m.View)
            .Explain() == new NativeRuleEngine()
            .Compile(new("r", c.Rules))
            .Decide(m.Alert, m.View)
            .Explain());
    });

    [Fact]
    public void Engine_GoingBackToAnOlderView_AnswersAsThen() => Check(25, Arbitrary.Story, c =>
    {
        var program = Compile(c.Rules);
        var then = c.Moments.Select(m => program.Decide(m.Alert, m.View).Explain()).ToList();
        return c.Moments.Zip(then).Reverse().All(p => program.Decide(p.First.Alert, p.First.View).Explain() == p.Second);
    });

    [Fact]
    public void OrderOfRulesAndFacts_ChangesNothing() => Check(25, Arbitrary.Story, c =>
    {
        var (program, turned) = (Compile(c.Rules), Compile([.. c.Rules.Reverse()]));
        return c.Moments.All(m =>
        {
            var before = program.Decide(m.Alert, m.View);
            var after = turned.Decide(m.Alert, new(1, default, m.View.All.Reverse()));
            return before.Rule == after.Rule
                && before.Message == after.Message
                && before.Trace.Select(t => (t.Rule, t.Matched)).SequenceEqual(after.Trace.Select(t => (t.Rule, t.Matched)));
        });
    });

    [Fact]
    public void RuleThatStops_Added_NeverCausesARun() =>
        Check(25, from c in Arbitrary.Story from veto in Arbitrary.Rules select (c, veto), pair =>
    {
        var (c, more) = pair;
        var vetoes = more.Where(r => r.Then.Kind is not DecisionKind.Run).Select(r => r with { Name = $"veto-{r.Name}" });
        var (program, stricter) = (Compile(c.Rules), Compile([.. c.Rules, .. vetoes]));
        return c.Moments.All(m =>
        {
            var (before, after) = (program.Decide(m.Alert, m.View), stricter.Decide(m.Alert, m.View));
            return after.Kind is not DecisionKind.Run || (before.Kind is DecisionKind.Run && before.Rule == after.Rule);
        });
    });

    [Fact]
    public void Run_NeverStands_OnAConditionThatCannotBeDecided() => Check(25, Arbitrary.Story, c =>
    {
        var program = Compile(c.Rules);
        return c.Moments.All(m => program.Decide(m.Alert, m.View) is not { Kind: DecisionKind.Run } run
            || run.Trace.Single(t => t.Rule == run.Rule).Conditions.All(
                t => !t.Found.StartsWith("cannot be decided", StringComparison.Ordinal)));
    });

    [Fact]
    public void OneProgram_AskedByManyThreads_AnswersEachRight() => Check(5, Arbitrary.Story, c =>
    {
        var program = Compile(c.Rules);
        var expected = c.Moments.Select(m => new NativeRuleEngine().Compile(new("r", c.Rules)).Decide(m.Alert, m.View).Explain()).ToArray();
        var wrong = 0;
        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var at = i * 7 % expected.Length;
            if (program.Decide(c.Moments[at].Alert, c.Moments[at].View).Explain() != expected[at]) Interlocked.Increment(ref wrong);
        });
        return wrong == 0;
    });

    /// <summary>Asks for the very objects, since the memory of the process is that of the other tests too.</summary>
    [Fact]
    public void ViewsAndAlertsThatWereAskedAbout_AreCollectedWhileTheProgramLives()
    {
        string[] when = [
            "on(x) node{y=\"1\"}", "count(on(x) node) > 0", "on(x) {alertname=~\"Alert.+\"}", "on(x) {alertname!=\"B\", z!~\"1.+2\"}",
            "count(container) / count(node) < 1"];
        var program = Compile([.. when.Select((w, i) => new Rule {
            Name = $"r{i}",
            Place = "",
            Alert = Selector.Parse("AlertA{x=\"1\"}"),
            When = [Condition.Parse(w)],
            Then = new RuleOutcome.Suppress(new("wait")) })]);
        var asked = Enumerable.Range(1, 20).SelectMany(Forgotten).ToList();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal(0, asked.Count(a => a.IsAlive));
        GC.KeepAlive(program);

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference[] Forgotten(int version)
        {
            var alert = Fact.Parse("""AlertA{x="1"}""");
            var view = new FactView(
                version,
                default,
                [
                    alert, Fact.Parse("""node{x="1",y="1"}"""),
                    .. Enumerable.Range(0, 40).Select(i => Fact.Parse($"node{{x=\"1\",z=\"{i}\"}}"))]);
            Assert.Equal("r0", program.Decide(alert, view).Rule);
            return [new(alert), new(view), .. view.All.Select(f => new WeakReference(f))];
        }
    }

    private IRuleProgram Compile(params Rule[] rules) => Engine.Compile(new("r", rules));

    private void Check<T>(int cases, Gen<T> gen, Func<T, bool> holds) =>
        Prop.ForAll(gen.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(cases * Times));
}

public sealed class NativeRuleEngineConformance : RuleEngineConformance
{
    protected override IRuleEngine Engine => new NativeRuleEngine();

    protected override int Times => 6;
}

public sealed class NRulesEngineConformance : RuleEngineConformance
{
    protected override IRuleEngine Engine => new NRulesEngine();
}

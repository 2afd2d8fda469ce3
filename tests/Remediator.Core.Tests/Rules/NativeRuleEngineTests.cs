using System.Text.Json;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Rules;

public sealed class NativeRuleEngineTests
{
    private static readonly Fact Alert =
        Fact.Parse("""KubePodCrashLooping{namespace="shop",workload="api",workload_kind="deployment",node="n2",zone="a"}""");
    private static readonly FactView View = new(7, DateTimeOffset.UnixEpoch, [Fact.Parse("""node{node="n2",zone="a",ready="false"}""")]);
    private static readonly RuleOutcome Run =
        new RuleOutcome.Run("restart-loop", new Dictionary<string, LiquidText> { ["ceiling"] = new("{{ zone }}-4Gi") });
    private static readonly RuleOutcome Suppress = new RuleOutcome.Suppress(new("node {{ node }} of {{ resource }} is down"));
    private static readonly RuleOutcome Escalate = new RuleOutcome.Escalate(new("look at {{ alert.zone }}"), ["zone"]);

    [Fact]
    public void StopBeatsRun_WhateverThePriority() =>
        Assert.Equal("stop", Decide(Rule("run", Run) with { Priority = 1000 }, Rule("stop", Suppress) with { Priority = -1000 }).Rule);

    [Fact]
    public void PriorityBeatsKind_AmongStops() =>
        Assert.Equal("wait", Decide(Rule("call", Escalate), Rule("wait", Suppress) with { Priority = 1 }).Rule);

    [Fact]
    public void EscalateBeatsSuppress_AtOnePriority() =>
        Assert.Equal("call", Decide(Rule("a-wait", Suppress), Rule("call", Escalate)).Rule);

    [Fact]
    public void NameDecides_WhereNothingElseDoes() => Assert.Equal("A", Decide(Rule("b", Run), Rule("a", Run), Rule("A", Run)).Rule);

    [Fact]
    public void Run_CarriesPlaybookAndRenderedValues()
    {
        var decision = Decide(Rule("run", Run) with { For = TimeSpan.FromMinutes(2) });
        Assert.Equal((DecisionKind.Run, "restart-loop", TimeSpan.FromMinutes(2)), (decision.Kind, decision.Playbook, decision.For));
        Assert.Equal("a-4Gi", decision.With["ceiling"]);
        Assert.Equal(("r1", 7L, DateTimeOffset.UnixEpoch), (decision.RulesRevision, decision.ViewVersion, decision.ViewAt));
    }

    [Fact]
    public void Suppress_RendersItsReason() =>
        Assert.Equal("node n2 of deployment shop/api is down", Decide(Rule("stop", Suppress)).Message);

    [Fact]
    public void Escalate_GroupsByLabels_UnlessTheAlertLacksOne()
    {
        var grouped = Decide(Rule("call", Escalate));
        Assert.Equal("look at a", grouped.Message);
        Assert.Equal([new("zone", "a")], grouped.Group);
        Assert.Empty(Program(Rule("call", Escalate)).Decide(Fact.Parse("KubePodCrashLooping"), View).Group);
    }

    [Fact]
    public void NoRule_IsNone_WithTheTraceOfThoseThatWereLookedAt()
    {
        var decision = Decide(Rule("run", Run, "node{ready=\"true\"}"), Rule("other", Run) with { Alert = Selector.Parse("Other") });
        Assert.Equal((DecisionKind.None, null), (decision.Kind, decision.Rule));
        Assert.Equal(["run"], decision.Trace.Select(t => t.Rule));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void MissingJoinLabel_KeepsARunFromMatching_AndAStopStands(bool run, bool matches)
    {
        var rule = Rule("r", run ? Run : Suppress) with { Unless = [Condition.Parse("on(pod) pod")] };
        Assert.Equal(matches, Decide(rule).Trace[0].Matched);
    }

    [Fact]
    public void EveryConditionIsAnswered_AlsoAfterOneFailed()
    {
        var rule = Rule("r", Run, "node{ready=\"true\"}", "on(node) node") with {
            Alert = Selector.Parse("{severity=\"critical\"}"),
            Unless = [Condition.Parse("on(node) node{ready=\"false\"}")] };
        Assert.Equal(
            [("alert", false), ("when", false), ("when", true), ("unless", false)],
            Decide(rule).Trace[0].Conditions.Select(c => (c.Clause, c.Ok)));
    }

    [Fact]
    public void Explanation_IsWholeAndReadable() =>
        Assert.Equal(
            """
            Suppress node n2 of deployment shop/api is down by symptom for KubePodCrashLooping{namespace="shop",node="n2",workload="api",workload_kind="deployment",zone="a"}  [rules r1, view 7]
              rejected crash (rules/x.yaml:1)
                FAIL when   on(node) node{ready="true"}  <- no such fact
              matched  symptom (rules/x.yaml:1)
                ok   when   on(node) node{ready="false"}  <- node{node="n2",ready="false",zone="a"}
            """,
            Decide(Rule("crash", Run, "on(node) node{ready=\"true\"}"), Rule("symptom", Suppress, "on(node) node{ready=\"false\"}"))
                .Explain(),
            ignoreLineEndingDifferences: true);

    [Fact]
    public void Decision_StoredInTheJournal_ReadsBackWithItsExplanation()
    {
        var decision = Decide(Rule("crash", Run, "on(node) node"), Rule("symptom", Escalate, "count(node) == 1"));
        var read = JsonSerializer.Deserialize<Decision>(JsonSerializer.Serialize(decision, EventCodec.Json), EventCodec.Json)!;
        Assert.Equal(decision.Explain(), read.Explain());
        Assert.Equal(decision.Group, read.Group);
    }

    [Fact]
    public void AlertNamesFromOutside_AreRememberedUpToALimit()
    {
        var program = Program(Rule("any", Suppress) with { Alert = Selector.Parse("{severity=~\"crit.*\"}") });
        for (var i = 0; i < 10_000; i++)
            Assert.Equal(
                "any",
                program.Decide(new Fact($"Alert{i}", new Dictionary<string, string> { ["severity"] = "critical" }, default), View).Rule);
    }

    [Fact(Timeout = 20_000)]
    public async Task PatternThatWouldBacktrackForEver_AnswersAtOnce()
    {
        var program = Program(Rule("slow", Suppress) with { Alert = Selector.Parse("{severity=~\"(a+)+b\"}") });
        var evil = new Fact("A", new Dictionary<string, string> { ["severity"] = new string('a', 100_000) }, default);
        Assert.Equal(DecisionKind.None, await Task.Run(() => program.Decide(evil, View).Kind, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void OneProgram_AskedByManyThreads_AnswersEachRight()
    {
        var view = new FactView(
            1,
            default,
            Enumerable.Range(0, 500).Select(i => Fact.Parse($"node{{node=\"n{i}\",ready=\"{(i % 2 == 0 ? "true" : "false")}\"}}")));
        var other = new FactView(2, default, []);
        var program = Program(Rule("r", Run, "on(node) node{ready=\"true\"}"));
        var wrong = 0;
        Parallel.For(0, 20_000, i =>
        {
            var alert = new Fact("KubePodCrashLooping", new Dictionary<string, string> { ["node"] = $"n{i % 500}" }, default);
            if (program.Decide(alert, view).Kind is DecisionKind.Run != (i % 2 == 0)
                || program.Decide(alert, other).Kind is not DecisionKind.None)
                Interlocked.Increment(ref wrong);
        });
        Assert.Equal(0, wrong);
    }

    private static Rule Rule(string name, RuleOutcome then, params string[] when) =>
        new() {
            Name = name,
            Place = "rules/x.yaml:1",
            Alert = Selector.Parse("KubePodCrashLooping"),
            When = [.. when.Select(Condition.Parse)],
            Then = then };

    private static IRuleProgram Program(params Rule[] rules) => new NativeRuleEngine().Compile(new("r1", rules));

    private static Decision Decide(params Rule[] rules) => Program(rules).Decide(Alert, View);
}

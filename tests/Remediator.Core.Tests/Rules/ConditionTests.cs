using System.Runtime.CompilerServices;
using System.Text.Json;
using Remediator.Core.Facts;
using Remediator.Core.Language;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Rules;

public sealed class ConditionTests
{
    private static readonly FactView View = new(1, default,
    [
        Fact.Parse("""node{node="n1",zone="a",ready="true"}"""),
        Fact.Parse("""node{node="n2",zone="a",ready="false"}"""),
        Fact.Parse("""node{node="n3",zone="b",ready="true"}"""),
        Fact.Parse("""container{namespace="shop",workload="api",container="api",restarts="7",waiting="CrashLoopBackOff"}"""),
        Fact.Parse("""container{namespace="shop",workload="api",container="side",restarts="none"}"""),
        Fact.Parse("""KubeNodeNotReady{node="n2",zone="a"}"""),
    ]);

    private static readonly Fact Alert = Fact.Parse("""KubePodCrashLooping{namespace="shop",workload="api",node="n2",zone="a"}""");

    [Theory]
    [InlineData("""node{ready="false"}""", true, """node{node="n2",ready="false",zone="a"}""")]
    [InlineData("""on(node) node{ready="true"}""", false, "no such fact")]
    [InlineData("""on(zone) node""", true, """2 facts: node{node="n1",ready="true",zone="a"}; node{node="n2",ready="false",zone="a"}""")]
    [InlineData("""on(node) {alertname=~"KubeNodeNotReady|KubeNodeUnreachable"}""", true, """KubeNodeNotReady{node="n2",zone="a"}""")]
    [InlineData("""{node!=""}""", true, """KubeNodeNotReady{node="n2",zone="a"}""")]
    [InlineData("""{alertname="KubeNodeNotReady"}""", true, """KubeNodeNotReady{node="n2",zone="a"}""")]
    [InlineData("""{alertname!~"Kube.*"}""", false, "no such fact")]
    [InlineData(
        """on(namespace, workload) container{restarts>=7}""",
        true,
        """container{container="api",namespace="shop",restarts="7",waiting="CrashLoopBackOff",workload="api"}""")]
    [InlineData("""container{restarts>7}""", false, "no such fact")]
    [InlineData("""container{restarts<100, container="side"}""", false, "no such fact")]
    [InlineData(
        """container{waiting="", container!="api"}""", true,
        """container{container="side",namespace="shop",restarts="none",workload="api"}""")]
    [InlineData(
        """container{waiting=~"Crash.*"}""",
        true,
        """container{container="api",namespace="shop",restarts="7",waiting="CrashLoopBackOff",workload="api"}""")]
    [InlineData("""container{waiting=~"Crash"}""", false, "no such fact")]
    [InlineData(
        """count(node) == 3""",
        true,
        """3: node{node="n1",ready="true",zone="a"}; node{node="n2",ready="false",zone="a"}; node{node="n3",ready="true",zone="b"}""")]
    [InlineData("""count(pod) < 1""", true, "0")]
    [InlineData(
        """count(on(zone) node{ready="false"}) / count(on(zone) node) >= 50%""", true,
        """1/2 = 0.5: node{node="n2",ready="false",zone="a"}""")]
    [InlineData("""count(node{ready="false"}) / count(node) > 34%""", false, """1/3 = 0.333: node{node="n2",ready="false",zone="a"}""")]
    [InlineData("""count(node) / count(pod) > 1%""", false, "cannot be decided: 3/0")]
    [InlineData("""on(pod) node""", false, "cannot be decided: the alert has no label 'pod'")]
    public void Condition_OverAView_IsAnsweredWithWhatWasFound(string text, bool ok, string found)
    {
        var trace = Condition.Parse(text).Evaluate("when", Alert, View);
        Assert.Equal((ok, found), (trace.Ok, trace.Found));
    }

    [Theory]
    [InlineData("""node{ready="false"}""", false)]
    [InlineData("""node{ready="unknown"}""", true)]
    [InlineData("""on(pod) node""", false)]
    public void Unless_IsOk_WhereTheConditionDoesNotHoldForCertain(string text, bool ok) =>
        Assert.Equal(ok, Condition.Parse(text).Evaluate("unless", Alert, View).Ok);

    [Fact]
    public void Name_IsShownInTheTrace_AndFindsWhatItMeansWithTheMatchersBesideIt()
    {
        var names = new SelectorNames();
        Assert.True(names.TryAdd("crashing", Selector.Parse("container{crashing=\"true\"}")));
        var condition = Condition.Parse("on(workload) $crashing{restarts>3}", [], names)!;
        var view = new FactView(
            1,
            default,
            [
                Fact.Parse("container{workload=\"a\",crashing=\"true\",restarts=\"5\"}"),
                Fact.Parse("container{workload=\"a\",crashing=\"true\",restarts=\"2\"}"),
                Fact.Parse("container{workload=\"a\",crashing=\"false\",restarts=\"9\"}")]);

        var trace = condition.Evaluate("when", Fact.Parse("A{workload=\"a\"}"), view);

        Assert.Equal(
            (true, "on(workload) $crashing{restarts>3}", "container{crashing=\"true\",restarts=\"5\",workload=\"a\"}"),
            (trace.Ok, trace.Text, trace.Found));
        Assert.Equal("on(workload) $crashing{restarts>3}", condition.ToString());
        Assert.True(names.IsUsed("crashing"));
    }

    /// <summary>An index outlives a reload of the rules, after which the name may mean something else.</summary>
    [Fact]
    public void Name_ThatMeansSomethingElseAfterAReload_FindsThat()
    {
        var view = new FactView(
            1, default, [.. Enumerable.Range(0, 100).Select(i => Fact.Parse($"container{{restarts=\"{i}\",workload=\"a\"}}"))]);
        Assert.Equal("90: ", Found("container{restarts>=10}")[..4]);
        Assert.Equal("50: ", Found("container{restarts>=50}")[..4]);

        string Found(string meant)
        {
            var names = new SelectorNames();
            names.TryAdd("restarting", Selector.Parse(meant));
            return Condition.Parse("count(on(workload) $restarting) > 0", [], names)!
                .Evaluate("when", Fact.Parse("A{workload=\"a\"}"), view).Found;
        }
    }

    [Fact]
    public void GroupOfAlerts_MeansEachOfItsNamesAndNoOther()
    {
        var group = Selector.OfAlerts(["KubePodNotReady", "Pod (a.b) is away"], Selector.Parse("{namespace!~\"kube-.*\"}"));
        Assert.True(group.Matches(Fact.Parse("KubePodNotReady{namespace=\"shop\"}")));
        Assert.True(group.Matches(new Fact("Pod (a.b) is away", new Dictionary<string, string>(), default)));
        Assert.False(group.Matches(new Fact("Pod (aXb) is away", new Dictionary<string, string>(), default)));
        Assert.False(group.Matches(Fact.Parse("KubePodNotReady{namespace=\"kube-system\"}")));
        Assert.False(group.Matches(Fact.Parse("KubePodNotReadyYet{namespace=\"shop\"}")));
    }

    [Fact]
    public void Join_WithoutASubject_CannotBeDecided() => Assert.False(Condition.Parse("on(node) node").Evaluate("when", null, View).Ok);

    [Fact]
    public void Found_NamesTheFirstFive()
    {
        var view = new FactView(1, default, Enumerable.Range(1, 7).Select(i => Fact.Parse($$"""node{node="n{{i}}"}""")));
        Assert.Equal(
            """7 facts: node{node="n1"}; node{node="n2"}; node{node="n3"}; node{node="n4"}; node{node="n5"}; ...""",
            Condition.Parse("node").Evaluate("when", null, view).Found);
    }

    [Fact]
    public void Trace_StoredAsJson_ReadsBackEqual()
    {
        var trace = Condition.Parse("on(node) node").Evaluate("when", Alert, View);
        var stored = JsonSerializer.Serialize(trace, JsonSerializerOptions.Web);

        Assert.Equal(
            """{"clause":"when","text":"on(node) node","ok":true,"found":"node{node=\u0022n2\u0022,ready=\u0022false\u0022,zone=\u0022a\u0022}"}""",
            stored);
        Assert.Equal(trace, JsonSerializer.Deserialize<ConditionTrace>(stored, JsonSerializerOptions.Web));
    }

    [Theory]
    [InlineData("""node{ready=="true"}""", 10, "a label is compared with '=', not '=='")]
    [InlineData("""node{ready=true}""", 11, "a label's value is written in double quotes, found 'true'")]
    [InlineData("""node{ready="true}""", 11, "this text has no closing quote")]
    [InlineData("""node{ready}""", 10, "expected a comparison (= != =~ !~ > >= < <=), found '}'")]
    [InlineData("""node{age>"3"}""", 9, "a number is written without quotes")]
    [InlineData("""count(node) 0""", 12, "expected a comparison (> >= < <= == !=), found '0'")]
    [InlineData("""count(node) > 30%""", 14, "a percentage needs two counts: count(...) / count(...)")]
    [InlineData("""count(node""", 10, "expected ')', found the end")]
    [InlineData("""node and pod""", 5, "there is no 'and': write two items")]
    [InlineData("""node or pod""", 5, "there is no 'or': use =~ with alternatives, or write a second rule")]
    [InlineData("""node > 3""", 5, "only count(...) is compared with a number")]
    [InlineData("", 0, "expected the name of a fact, or matchers in braces, found the end")]
    [InlineData("{}", 0, "without a name there must be a matcher in the braces")]
    [InlineData("""on() node""", 3, "expected a label to join on, found ')'")]
    [InlineData(
        """{a=~"(?=x)"}""",
        4,
        "this is not a valid regular expression: it uses what cannot be matched in linear time (backreference, look-around "
            + "or a huge repetition)")]
    public void Condition_WithAFault_SaysWhereAndWhat(string text, int offset, string message)
    {
        var faults = new List<TextFault>();
        Assert.Null(Condition.Parse(text, faults));
        Assert.Equal([new(offset, message)], faults);
    }

    [Fact]
    public void Pattern_ThatIsBroken_SaysWhy()
    {
        var faults = new List<TextFault>();
        Assert.Null(Condition.Parse("""node{zone=~"(a"}""", faults));
        Assert.StartsWith("this is not a valid regular expression: ", Assert.Single(faults).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""node{redy="true"}""", 5, "a node has no field 'redy'; did you mean 'ready'?")]
    [InlineData("""on(zoen) node""", 0, "a node has no field 'zoen'; did you mean 'zone'?")]
    [InlineData("""node{ready="yes"}""", 5, "'ready' of a node is never 'yes'; it is 'true', 'false' or 'unknown'")]
    [InlineData("""contaner{ready="true"}""", 0, "there is no kind of fact 'contaner'; did you mean 'container'?")]
    [InlineData("""evidence{reason="x"}""", 0, "evidence is known only to the 'when' of a playbook's steps")]
    [InlineData("""count(done{use="x"}) == 0""", 6, "done is known only to the 'when' of a playbook's steps")]
    public void Condition_ThatNoFactCanMeet_IsFoundAtLoad(string text, int offset, string message) =>
        Assert.Equal([new(offset, message)], SchemaCheck.Of(Condition.Parse(text), ConditionPlace.Rule));

    [Theory]
    [InlineData("""etcdNoLeader{job="etcd"}""")]
    [InlineData("""node{ready=""}""")]
    [InlineData("""{anything="x"}""")]
    public void Condition_ThatAFactMayMeet_IsFree(string text) => Assert.Empty(SchemaCheck.Of(Condition.Parse(text), ConditionPlace.Rule));

    [Fact]
    public void Playbook_HasNothingToJoinWith() =>
        Assert.Equal(
            [new(0, "a playbook sees only its own resource: 'on' has nothing to join with")],
            SchemaCheck.Of(Condition.Parse("on(node) node"), ConditionPlace.Step));

    [Theory]
    [InlineData("""node{ready="true"}""")]
    [InlineData("""{node="n2"}""")]
    public void ViewThatAConditionWasAskedAbout_IsCollectedWhileItLives(string text)
    {
        var condition = Condition.Parse(text);
        var asked = Forgotten(condition);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal(0, asked.Count(a => a.IsAlive));
        GC.KeepAlive(condition);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference[] Forgotten(Condition condition)
        {
            var view =
                new FactView(1, default, [Fact.Parse("""node{node="n1",ready="true"}"""), Fact.Parse("""KubeNodeNotReady{node="n2"}""")]);
            Assert.True(condition.Evaluate("when", null, view).Ok);
            return [new(view), .. view.All.Select(f => new WeakReference(f))];
        }
    }
}

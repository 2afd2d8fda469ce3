using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Resources;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Incidents;

/// <summary>Where no rule matches, the first thing that is said is why.</summary>
public sealed class WhyNothingTests
{
    private readonly Bench _bench = new();

    [Fact]
    public void NoRuleIsAboutTheAlert() => Says("no rule is about KubePodCrashLooping");

    [Fact]
    public void NoCluster()
    {
        (_bench.ViewState, _bench.IsThere) = (ViewState.NotConfigured, false);
        Says("deployment shop/api is not known: no cluster is watched", Candidate("a", Failing("when", "container{crashing=\"true\"}")));
    }

    [Fact]
    public void ResourceThatTheClusterDoesNotHave()
    {
        _bench.IsThere = false;
        Says("deployment shop/api is not known in the cluster", Candidate("a", Failing("when", "container{crashing=\"true\"}")));
    }

    [Fact]
    public void MachineThatNobodyHasListed()
    {
        _bench.Resource = new("test", ResourceKinds.Host, "", "db-1");
        Says("host db-1 is not known", Candidate("a", Failing("when", "host{}")));
    }

    [Fact]
    public void FileSystem_OfWhichOnlyLooksTell()
    {
        _bench.Resource = new("test", ResourceKinds.FileSystem, "", "db-1:/");
        Says("rule a does not apply, since this does not hold: host{}", Candidate("a", Failing("when", "host{}")));
    }

    [Fact]
    public void LabelsThatNoRuleAsksFor_AreNamed() => Says(
        "no rule is about this KubePodCrashLooping: its labels are not those that the rules ask for "
            + "(namespace is \"shop\"; it has no team)",
        Candidate("a", Rejecting("{namespace=\"web\"}", "namespace is \"shop\"")),
        Candidate("b", Rejecting("{namespace=\"db\"}", "namespace is \"shop\"")),
        Candidate("c", Rejecting("{team=\"db\"}", "it has no team")));

    [Fact]
    public void ManyLabelsThatNoRuleAsksFor_AreNotNamed() => Says(
        "no rule is about this KubePodCrashLooping: its labels are not those that the rules ask for",
        [.. "abcd".Select(l => Candidate($"{l}", Rejecting($"{{{l}=\"1\"}}", $"it has no {l}")))]);

    [Fact]
    public void RulesForOtherKindsAlone_SaySo() => Says(
        "no rule about KubePodCrashLooping is for a deployment",
        Candidate("a", Rejecting("$trouble", "workload_kind is \"deployment\"")),
        Candidate("b", Rejecting("{workload_kind=\"daemonset\"}", "workload_kind is \"deployment\"")));

    [Fact]
    public void RuleThatWasKeptOutLast() => Says(
        "rule b does not apply, since this does not hold: container{crashing=\"true\"}",
        Candidate("a", Failing("alert", "{namespace=\"web\"}")),
        Candidate("b", Holding("alert", "{}"), Failing("when", "container{crashing=\"true\"}")));

    [Fact]
    public void SeveralRulesThatAskForDifferentTrouble() => Says(
        "no rule about KubePodCrashLooping applies, since none of this holds: $crashing-containers; container{waiting=\"x\"}",
        Candidate("a", Holding("alert", "{}"), Failing("when", "on(namespace, workload) $crashing-containers")),
        Candidate("b", Holding("alert", "{}"), Failing("when", "on(namespace, workload) container{waiting=\"x\"}")),
        Candidate("c", Holding("alert", "{}"), Failing("when", "on(namespace, workload) $crashing-containers")),
        Candidate("d", Failing("alert", "{namespace=\"db\"}")));

    [Fact]
    public void ManyRulesThatAskForDifferentTrouble_AreNotListed() => Says(
        "no rule about KubePodCrashLooping applies: nothing of what they look for is there now",
        [.. "abcd".Select(r => Candidate($"{r}", Holding("alert", "{}"), Failing("when", $"container{{waiting=\"{r}\"}}")))]);

    [Fact]
    public void ExceptionOfOneRule_SaysMoreThanWhatOthersAskFor() => Says(
        "rule b does not apply, since this holds: node{cordoned=\"true\"}",
        Candidate("a", Holding("alert", "{}"), Failing("when", "container{crashing=\"true\"}")),
        Candidate("b", Holding("alert", "{}"), Failing("unless", "node{cordoned=\"true\"}")));

    [Fact]
    public void ExceptionOfARule() => Says(
        "rule b does not apply, since this holds: node{cordoned=\"true\"}",
        Candidate("b", Holding("alert", "{}"), Failing("unless", "node{cordoned=\"true\"}")));

    /// <summary>What nobody could decide is not said to be false, and the label that is missing is named.</summary>
    [Theory]
    [InlineData("when")]
    [InlineData("unless")]
    public void ConditionThatCannotBeDecided_IsNotSaidToBeFalse(string clause) => Says(
        "rule a does not apply, since it cannot be decided whether this holds: on(pod) container{crashing=\"true\"}",
        Candidate("a", Holding("alert", "{}"), Undecided(clause, "on(pod) container{crashing=\"true\"}")),
        Candidate("b", Holding("alert", "{}"), Failing("when", "on(namespace, workload) container{waiting=\"x\"}")));

    private void Says(string why, params IReadOnlyList<CandidateTrace> trace)
    {
        _bench.Rules = a => Bench.Says(DecisionKind.None, a) with { Trace = trace };

        _bench.Fire();

        Assert.Equal(why, _bench.Only<Decided>().Decision.Message);
        Assert.Equal(why, Assert.Single(IncidentRows.Changed(_bench.Resource, ResourceState.Empty, _bench.State, _bench.Journal)).Summary);
    }

    private static CandidateTrace Candidate(string rule, params IReadOnlyList<ConditionTrace> conditions) =>
        new(rule, $"rules/{rule}.yaml:1", false, conditions);

    private static ConditionTrace Failing(string clause, string text) => new(clause, text, false, "no such fact");

    private static ConditionTrace Rejecting(string text, string found) => new("alert", text, false, found);

    private static ConditionTrace Undecided(string clause, string text) =>
        new(clause, text, false, "cannot be decided: the alert has no label 'pod'");

    private static ConditionTrace Holding(string clause, string text) => new(clause, text, true, "");
}

using System.Collections;
using System.Runtime.CompilerServices;
using Remediator.Core.Facts;
using Remediator.Core.Rules;
using Remediator.Rete;

namespace Remediator.Core.Tests.Rules;

public sealed class NRulesEngineTests
{
    private static readonly Fact Alert = Fact.Parse("""KubePodCrashLooping{node="n1",zone="a"}""");

    [Fact]
    public void ConditionThatFailsInNRules_FailsTheDecision()
    {
        var broken = new Fact(Alert.Name, new ChangingLabels("zone", [null, "b"]), default);
        Assert.Equal("broken", Assert.ThrowsAny<Exception>(() => InZoneA().Decide(broken, FactView.Empty)).GetBaseException().Message);
    }

    /// <summary>NRules and the trace read the alert one after the other.</summary>
    [Theory]
    [InlineData("a", "b", "NRules fires 'r' first, and by the trace it would be no rule")]
    [InlineData("b", "a", "NRules fires no rule first, and by the trace it would be 'r'")]
    public void NRulesAndTheTraceDisagree_NothingIsDecided(string first, string then, string message)
    {
        var changing = new Fact(Alert.Name, new ChangingLabels("zone", [first, then]), default);
        Assert.Contains(
            message,
            Assert.Throws<InvalidOperationException>(() => InZoneA().Decide(changing, FactView.Empty)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ProgramsOfOlderRules_AreCollected()
    {
        var old = Enumerable.Range(0, 5).SelectMany(_ => Forgotten()).ToList();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.DoesNotContain(old, p => p.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference[] Forgotten()
        {
            var rules = Rules("on(node) node");
            var program = new NRulesEngine().Compile(rules);
            program.Decide(Alert, new(1, default, [Alert]));
            return [new(program), new(rules.Rules[0])];
        }
    }

    /// <summary>The 20,000 nodes of the view before are found by the indexes that they have.</summary>
    [Fact]
    public void ViewWithAnotherAlert_IsNotIndexedAnew()
    {
        var program = Program("on(node) node{ready=\"true\"}");
        var view = new FactView(1, default, Enumerable.Range(0, 20_000).Select(i => Fact.Parse($"node{{node=\"n{i}\",ready=\"true\"}}")));
        program.Decide(Alert, view);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("r", program.Decide(Alert, view.With([Alert])).Rule);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    private static IRuleProgram InZoneA()
    {
        var rules = Rules();
        return new NRulesEngine().Compile(
            rules with { Rules = [rules.Rules[0] with { Alert = Selector.Parse("KubePodCrashLooping{zone=\"a\"}") }] });
    }

    private static IRuleProgram Program(params string[] when) => new NRulesEngine().Compile(Rules(when));

    private static RuleSet Rules(params string[] when) =>
        new(
            "r1",
            [new() {
                Name = "r",
                Place = "rules/x.yaml:1",
                Alert = Selector.Parse("KubePodCrashLooping"),
                When = [.. when.Select(Condition.Parse)],
                Then = new RuleOutcome.Suppress(new("wait")) }]);

    /// <summary>One label, which has the next value each time that it is read; null fails.</summary>
    private sealed class ChangingLabels(string label, string?[] values) : IReadOnlyDictionary<string, string>
    {
        private int _read;

        public int Count => 1;

        public IEnumerable<string> Keys => [label];

        public IEnumerable<string> Values => [this[label]];

        public string this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException(key);

        public bool ContainsKey(string key) => key == label;

        public bool TryGetValue(string key, out string value)
        {
            value = "";
            if (key != label) return false;
            value = values[Math.Min(_read++, values.Length - 1)] ?? throw new InvalidOperationException("broken");
            return true;
        }

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() =>
            Keys.Select(k => KeyValuePair.Create(k, this[k])).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

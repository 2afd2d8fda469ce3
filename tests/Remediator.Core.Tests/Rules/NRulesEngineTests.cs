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
    public void RuleThatFailed_IsAskedAgainWithNothingLeftOver()
    {
        var program = Program("on(node) node", "count(node) == 2");
        var labels = new FailingLabels();
        var view = new FactView(1, default, [Fact.Parse("""node{node="n1"}"""), new("node", labels, default)]);
        labels.Fails = true;
        Assert.ThrowsAny<Exception>(() => program.Decide(Alert, view));
        labels.Fails = false;
        Assert.Equal(Native(Alert, view), program.Decide(Alert, view).Explain());

        static string Native(Fact alert, FactView view) => new NativeRuleEngine().Compile(Rules("on(node) node", "count(node) == 2")).Decide(alert, view).Explain();
    }

    [Fact]
    public void SameFactsInAnotherOrder_AreNamedInTheViewsOrder()
    {
        var program = Program("node");
        Fact[] nodes = [Fact.Parse("""node{node="n1"}"""), Fact.Parse("""node{node="n2"}""")];
        Assert.Equal("""2 facts: node{node="n1"}; node{node="n2"}""", Found(nodes));
        Assert.Equal("""2 facts: node{node="n2"}; node{node="n1"}""", Found([.. nodes.Reverse()]));

        string Found(Fact[] facts) => program.Decide(Alert, new(1, default, facts)).Trace[0].Conditions[1].Found;
    }

    /// <summary>Asks for the very objects, since the memory of the process is that of the other tests too.</summary>
    [Fact]
    public void OlderViews_AreCollected()
    {
        var program = Program("on(node) node{ready=\"true\"}", "count(on(zone) node) > 3", "on(zone) {alertname=~\".+\"}");
        var asked = Enumerable.Range(0, 50).SelectMany(Forgotten).ToList();
        program.Decide(Alert, FactView.Empty);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal(0, asked.Count(a => a.IsAlive));
        GC.KeepAlive(program);

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference[] Forgotten(int version)
        {
            var view = View(version);
            program.Decide(Alert, view);
            return [new(view), .. view.All.Select(f => new WeakReference(f))];
        }
    }

    [Fact]
    public void ProgramsOfOlderRules_AreCollected()
    {
        var old = Enumerable.Range(0, 5).Select(_ => Forgotten()).ToList();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.DoesNotContain(old, p => p.IsAlive);

        static WeakReference Forgotten()
        {
            var program = Program("on(node) node");
            program.Decide(Alert, View(1));
            return new(program);
        }
    }

    /// <summary>Only what differs goes through the network: a view with another alert and the same 20,000 nodes must not cost what the nodes cost.</summary>
    [Fact]
    public void ViewWithAnotherAlert_IsNotLoadedAnew()
    {
        var program = Program("on(node) node{ready=\"true\"}");
        var view = new FactView(1, default, Enumerable.Range(0, 20_000).Select(i => Fact.Parse($"node{{node=\"n{i}\",ready=\"true\"}}")));
        program.Decide(Alert, view);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("r", program.Decide(Alert, view.With([Alert])).Rule);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    private static FactView View(int version) => new(version, default,
    [
        new("node", new Dictionary<string, string> { ["node"] = "n1", ["zone"] = "a", ["ready"] = version % 7 == 0 ? "false" : "true" }, default),
        .. Enumerable.Range(version, 20).Select(n => new Fact("node", new Dictionary<string, string> { ["node"] = $"new{n}", ["zone"] = n % 2 == 0 ? "a" : $"z{n}" }, default)),
        .. Enumerable.Range(version, 5).Select(n => new Fact($"Alert{n}", new Dictionary<string, string> { ["zone"] = "a" }, default)),
    ]);

    private static IRuleProgram Program(params string[] when) => new NRulesEngine().Compile(Rules(when));

    private static RuleSet Rules(params string[] when) =>
        new("r1", [new() { Name = "r", Place = "rules/x.yaml:1", Alert = Selector.Parse("KubePodCrashLooping"), When = [.. when.Select(Condition.Parse)], Then = new RuleOutcome.Suppress(new("wait")) }]);

    private sealed class FailingLabels : IReadOnlyDictionary<string, string>
    {
        private readonly Dictionary<string, string> _labels = new() { ["node"] = "n2" };

        public bool Fails { get; set; }

        public int Count => _labels.Count;

        public IEnumerable<string> Keys => _labels.Keys;

        public IEnumerable<string> Values => _labels.Values;

        public string this[string key] => _labels[key];

        public bool ContainsKey(string key) => _labels.ContainsKey(key);

        public bool TryGetValue(string key, out string value) => Fails ? throw new InvalidOperationException("broken") : _labels.TryGetValue(key, out value!);

        public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _labels.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}

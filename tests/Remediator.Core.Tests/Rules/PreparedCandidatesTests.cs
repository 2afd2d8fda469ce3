using System.Runtime.CompilerServices;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Rules;

public sealed class PreparedCandidatesTests
{
    [Fact]
    public void NamesThatMeanTheSameRules_ShareWhatWasPrepared()
    {
        var prepared = new List<int>();
        var candidates = Of(["Known", "{severity=\"critical\"}", "{alertname!=\"Other\"}"], c => prepared.Add(c.All.Count));
        for (var i = 0; i < 10_000; i++) candidates.For($"Unknown{i}");
        candidates.For("Known");
        candidates.For("Other");
        Assert.Equal([2, 3, 1], prepared);
    }

    [Fact]
    public void SetsOfRules_AreKeptUpToALimit_AndMadeAgain()
    {
        var candidates = Of([.. Enumerable.Range(0, 10_000).Select(i => $"Alert{i}")], _ => { });
        var made = Enumerable.Range(0, 10_000).Select(i => Ask(candidates, $"Alert{i}")).ToList();
        GC.Collect();
        Assert.InRange(made.Count(m => m.IsAlive), 1, 4096);
        Assert.Equal("r0", Assert.Single(candidates.For("Alert0").All).Rule.Name);
        GC.KeepAlive(candidates);
    }

    [Fact]
    public void NamesFromOutside_AreKeptUpToALimit()
    {
        var candidates = Of(["{severity=\"critical\"}"], _ => { });
        var names = Enumerable.Range(0, 10_000).Select(i => AskNew(candidates, i)).ToList();
        GC.Collect();
        Assert.InRange(names.Count(n => n.IsAlive), 1, 4096);
        GC.KeepAlive(candidates);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference AskNew(PreparedCandidates<Candidates> candidates, int i)
        {
            var name = $"Alert{i}";
            candidates.For(name);
            return new(name);
        }
    }

    [Fact]
    public void PreparationThatFailed_IsTriedAgain()
    {
        var fails = true;
        var candidates = Of(["Alert"], _ =>
        {
            if (fails) throw new InvalidOperationException("broken");
        });
        Assert.Throws<InvalidOperationException>(() => candidates.For("Alert"));
        fails = false;
        Assert.Single(candidates.For("Alert").All);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Ask(PreparedCandidates<Candidates> candidates, string name) => new(candidates.For(name));

    private static PreparedCandidates<Candidates> Of(string[] alerts, Action<Candidates> prepare)
    {
        var rules = alerts.Select(
            (a, i) => new Rule { Name = $"r{i}", Place = "", Alert = Selector.Parse(a), Then = new RuleOutcome.Suppress(new("wait")) });
        return new(new("r", [.. rules]), candidates =>
        {
            prepare(candidates);
            return candidates;
        });
    }
}

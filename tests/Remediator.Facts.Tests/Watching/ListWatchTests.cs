using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Remediator.Core.Facts;
using Remediator.Facts.Watching;
using Remediator.Testing;

namespace Remediator.Facts.Tests.Watching;

/// <summary>The watches against an API server that fails in every way that is known of them.</summary>
public sealed class ListWatchTests : IAsyncLifetime
{
    private static readonly FactsOptions Quick = new()
    {
        WatchSeconds = 1,
        Slack = TimeSpan.FromMilliseconds(400),
        PageSize = 2,
        PageTimeout = TimeSpan.FromSeconds(10),
        FirstBackoff = TimeSpan.FromMilliseconds(20),
        LongestBackoff = TimeSpan.FromMilliseconds(100),
        MissingRetry = TimeSpan.FromMilliseconds(200),
        PublishEvery = TimeSpan.FromMilliseconds(10),
    };

    private FaultyCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await FaultyCluster.StartAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Lists_AreReadInPages_AndChangesFollow()
    {
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
            _cluster.Put("pods", name);
        await using var facts = await StartAsync();
        Assert.Equal("a b c d e", Pods(facts.Views.Current));

        _cluster.Put("pods", "f");
        _cluster.Delete("pods", "b");

        await facts.AwaitAsync("pod f there and b gone", v => Pods(v) == "a c d e f");
        Assert.Equal(3, _cluster.PodLists.Count);
    }

    [Theory]
    [InlineData("Cut")]
    [InlineData("Broken")]
    [InlineData("Stall")]
    [InlineData("Gone")]
    [InlineData("GoneInside")]
    [InlineData("Garbage")]
    public async Task Watch_ThatFails_LosesNothing(string fault)
    {
        _cluster.Put("pods", "a");
        _cluster.Once("pods", "watch", Enum.Parse<Fault>(fault), Enum.Parse<Fault>(fault));
        await using var facts = await StartAsync();

        _cluster.Put("pods", "b");

        var lists = fault is "Cut" or "Broken" or "Stall" ? 1 : 3;
        await facts.AwaitAsync($"pod b after both failures, and {lists} lists", v =>
            Pods(v) == "a b" && v.Problem.Length == 0 && _cluster.PodLists.Count >= lists);
        Assert.Equal(lists, _cluster.PodLists.Count);
    }

    [Fact]
    public async Task VersionThatIsGone_IsListedAnew_SoThatMissedDeletionsShow()
    {
        _cluster.Put("pods", "a");
        _cluster.Put("pods", "b");
        _cluster.Always("pods", "watch", Fault.Broken);
        await using var facts = await StartAsync();

        _cluster.Delete("pods", "a");
        _cluster.Once("pods", "watch", Fault.Gone);
        _cluster.Always("pods", "watch", null);

        await facts.AwaitAsync("pod a gone", v => Pods(v) == "b");
    }

    [Fact]
    public async Task List_ThatFailsHalfway_KeepsWhatIsKnown()
    {
        foreach (var name in new[] { "a", "b", "c" })
            _cluster.Put("pods", name);
        await using var facts = await StartAsync();
        _cluster.Once("pods", "watch", Fault.Gone);
        _cluster.Once("pods", "list", Fault.Cut, Fault.Garbage, Fault.Broken, Fault.Gone, Fault.Stall);

        var seen = new HashSet<string>();
        _cluster.Put("pods", "d", quietly: true);
        await facts.AwaitAsync("pod d by the new list", v => seen.Add(Pods(v)) && Pods(v).Contains('d', StringComparison.Ordinal));

        Assert.Equal(["a b c", "a b c d"], seen.Order());
    }

    [Fact]
    public async Task StallingWatch_MakesTheViewOld_AndSaysWhich()
    {
        _cluster.Put("pods", "a");
        await using var facts = await StartAsync();
        _cluster.Always("pods", "watch", Fault.Stall);

        var stalled = await facts.AwaitAsync("a problem of pods", v => v.Problem.Contains("pods", StringComparison.Ordinal));
        Assert.Matches("^pods: The watch of pods gave nothing for \\d+ s and was cut\\.$", stalled.Problem);
        var later = await facts.AwaitAsync(
            "another second", v => facts.Statuses.Watches.Single(w => w.Kind == "nodes").ProvenAt > stalled.FreshAt.AddSeconds(2));
        Assert.Equal(stalled.FreshAt, later.FreshAt);
        Assert.Equal(ViewState.Ready, later.State);

        _cluster.Always("pods", "watch", null);
        await facts.AwaitAsync("fresh again", v => v.Problem.Length == 0 && v.FreshAt > later.FreshAt);
    }

    /// <summary>Every watch fails, and again at each try: a warning for each way in which they do is enough for a person.</summary>
    [Fact]
    public async Task ServerThatIsAway_IsWarnedOfOnce_WhicheverWatchesFail()
    {
        await using var facts = await StartAsync();
        await _cluster.GoAwayAsync();

        await Wait.UntilAsync(
            "sixty failures of watches", () => Failures(facts).Count >= 60, TestContext.Current.CancellationToken,
            () => string.Join('\n', facts.Log.Lines.TakeLast(20)));
        var told = Failures(facts).Where(f => f.Level == LogLevel.Warning).ToList();
        Assert.InRange(told.Count, 1, 4);
        Assert.Distinct(told.Select(f => f.Text.Split(": ")[1]));
    }

    /// <summary>What one kind is refused is news beside what another is.</summary>
    [Fact]
    public async Task KindsThatFailForReasonsOfTheirOwn_AreEachWarnedOf()
    {
        await using var facts = await StartAsync();
        _cluster.Always("pods", "watch", Fault.Garbage);
        _cluster.Always("nodes", "watch", Fault.Garbage);
        await Wait.UntilAsync(
            "a warning of each", () => Failures(facts).Where(f => f.Level == LogLevel.Warning)
                .Select(f => f.Text.Contains("watch of pods", StringComparison.Ordinal)).Distinct().Count() == 2,
            TestContext.Current.CancellationToken, () => string.Join('\n', facts.Log.Lines.TakeLast(20)));
    }

    private static List<(LogLevel Level, int Id, string Text)> Failures(RunningFacts facts) =>
        [.. facts.Log.Lines.Where(l => l.Id == 3003)];

    [Fact]
    public async Task QuietWatches_ProveThemselves()
    {
        await using var facts = await StartAsync();
        var first = facts.Views.Current;
        var later = await facts.AwaitAsync("proof of two more rounds", v => v.FreshAt > first.FreshAt.AddSeconds(2));
        Assert.Equal(first.View.Version, later.View.Version);
    }

    [Theory]
    [InlineData("Missing")]
    [InlineData("Forbidden")]
    public async Task OptionalKindThatTheServerDoesNotGive_IsNamedAndMakesNothingOld(string fault)
    {
        _cluster.Always("persistentvolumeclaims", "list", Enum.Parse<Fault>(fault));
        await using var facts = await StartAsync();
        var first = facts.Views.Current;
        await facts.AwaitAsync("fresh", v => v.FreshAt > first.FreshAt.AddSeconds(1) && v.Problem.Length == 0);
        Assert.Equal(
            $"persistentvolumeclaims: {(fault == "Missing" ? "404 NotFound" : "403 Forbidden")}: the server says {fault}", Missing(facts));

        _cluster.Put("persistentvolumeclaims", "data");
        _cluster.Always("persistentvolumeclaims", "list", null);
        await facts.AwaitAsync("the claim, once it is allowed", v => v.View.Named("pvc").Count == 1);
        Assert.Equal("", Missing(facts));
    }

    [Fact]
    public async Task DisruptionBudgetsThatMayNotBeRead_AreNotNone()
    {
        _cluster.Put("deployments", "api");
        _cluster.Always("poddisruptionbudgets", "list", Fault.Forbidden);
        await using var facts = await StartAsync();
        var budget = (await facts.AwaitAsync("a budget that nobody knows", v => v.View.Named("pdb").Count == 1)).View.Named("pdb")[0];
        Assert.Equal(("api", "", ""), (budget["workload"], budget["poddisruptionbudget"], budget["allowed"]));

        _cluster.Always("poddisruptionbudgets", "list", null);
        await facts.AwaitAsync("no budget, once that is known", v => v.View.Named("pdb").Count == 0);
    }

    [Theory]
    [InlineData("pods")]
    [InlineData("cronjobs")] // their annotations may hold them, or forbid everything
    public async Task KindThatMustBeSeen_HoldsUpTheView(string kind)
    {
        _cluster.Always(kind, "list", Fault.Forbidden);
        await using var facts = await RunningFacts.StartAsync(_cluster.Connect(), Quick);
        // the other kinds say first that they are not listed yet
        var status = await facts.AwaitAsync("the refusal, alone", v => v.Problem == $"{kind}: 403 Forbidden: the server says Forbidden");
        Assert.Equal(ViewState.Loading, status.State);
    }

    [Fact]
    public async Task VersionOfAKind_IsFoundByDiscovery()
    {
        await using var facts = await StartAsync();
        Assert.Contains(_cluster.Requests, r => r.StartsWith("/apis/policy/v1beta1/poddisruptionbudgets?", StringComparison.Ordinal));
        Assert.Contains(_cluster.Requests, r => r.StartsWith("/apis/batch/v1beta1/cronjobs?", StringComparison.Ordinal));
        Assert.DoesNotContain(facts.Statuses.Watches, w => w.Missing.Length > 0);
    }

    [Fact]
    public async Task NextAsync_WaitsForANewerView()
    {
        await using var facts = await StartAsync();
        var version = facts.Views.Current.View.Version;
        var next = facts.Views.NextAsync(version, TestContext.Current.CancellationToken);
        Assert.False(next.IsCompleted);

        _cluster.Put("pods", "a");

        Assert.Equal(version + 1, (await next.WaitAsync(Wait.Patience, TestContext.Current.CancellationToken)).View.Version);
    }

    [Fact]
    public async Task Requests_CarryTheTraceOfWhoAsks()
    {
        var connection = _cluster.Connect();
        using var server = new Remediator.Facts.Watching.ApiServer(connection.Configuration!);
        using var activity = new Activity("a repair").SetIdFormat(ActivityIdFormat.W3C).Start();

        using var response = await server.GetAsync("api/v1/pods?limit=1", TestContext.Current.CancellationToken);

        Assert.Contains(activity.TraceId.ToHexString(), Assert.Single(_cluster.Traces), StringComparison.Ordinal);
    }

    private async Task<RunningFacts> StartAsync()
    {
        var facts = await RunningFacts.StartAsync(_cluster.Connect(), Quick);
        await facts.AwaitAsync("the first view", v => v.State is ViewState.Ready);
        return facts;
    }

    private static string Pods(ViewStatus status) =>
        string.Join(' ', status.View.Named("pod").Select(p => p["pod"]).Order(StringComparer.Ordinal));

    private static string Missing(RunningFacts facts) =>
        string.Join("; ", facts.Statuses.Watches.Where(w => w.Missing.Length > 0).Select(w => $"{w.Kind}: {w.Missing}"));
}

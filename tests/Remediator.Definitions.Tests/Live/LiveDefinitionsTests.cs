using System.Diagnostics.Metrics;
using LibGit2Sharp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Facts;
using Remediator.Core.Policies;
using Remediator.Core.Rules;
using Remediator.Definitions.Faults;
using Remediator.Definitions.Live;
using Remediator.Testing;
using Mode = Remediator.Core.Playbooks.Mode;

namespace Remediator.Definitions.Tests.Live;

public sealed class LiveDefinitionsTests : IDisposable
{
    private readonly DefinitionFolder _folder = Samples.Folder();
    private readonly FakeTimeProvider _time = new(new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly CountingEngine _engine = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private DefinitionsOptions Options => new() { Rules = _folder.Rules, Playbooks = _folder.Playbooks, Policy = _folder.Policy };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void ChangedFile_TakesForce()
    {
        using var live = Live();
        var before = live.Current;
        _folder.With("playbooks/restart-loop.yaml", Samples.Playbook.Replace("mode: approve", "mode: auto", StringComparison.Ordinal));
        _time.Advance(TimeSpan.FromMinutes(1));

        live.Reload();

        Assert.Equal(Mode.Auto, live.Current.Playbooks["restart-loop"].Mode);
        Assert.Equal(Mode.Approve, before.Playbooks["restart-loop"].Mode);
        Assert.Equal(
            (true, _time.GetUtcNow(), 2, 1),
            (live.Status.LastReloadSucceeded, live.Status.LoadedAt, live.Status.Rules, live.Status.Playbooks));
    }

    [Fact]
    public void BrokenFile_IsRefused_AndTheOldSetStays()
    {
        using var live = Live();
        var before = live.Current;
        _folder.With("rules/rules.yaml", Samples.Rules.Replace("run: restart-loop", "run: restart-lop", StringComparison.Ordinal));

        live.Reload();

        Assert.Same(before, live.Current);
        Assert.False(live.Status.LastReloadSucceeded);
        Assert.Equal(
            "rules/rules.yaml:8:12: there is no playbook 'restart-lop'; did you mean 'restart-loop'?",
            Assert.Single(live.Status.Faults).ToString());
        Assert.Equal(0, Gauge("remediator.definitions.last_reload_success"));
    }

    [Fact]
    public void Policy_IsReloadedWithTheRest_AndABrokenOneLeavesTheOldSet()
    {
        _folder.With("policy.yaml", "protected: [ 'a/b/c' ]\n");
        using var live = Live();
        _folder.With("policy.yaml", "protected: [ 'a/b/c', 'd' ]\n");
        live.Reload();
        Assert.Equal(["a/b/c"], live.Current.Policy.Protected);
        Assert.StartsWith(
            "policy.yaml:1:23: 'd' is not namespace/kind/name", Assert.Single(live.Status.Faults).ToString(), StringComparison.Ordinal);

        _folder.With("policy.yaml", "protected: [ 'a/b/c', 'd/*/*' ]\n");
        live.Reload();
        Assert.Equal(["a/b/c", "d/*/*"], live.Current.Policy.Protected);
        Assert.True(live.Status.LastReloadSucceeded);
    }

    [Fact]
    public void FileWhoseTestsFail_IsRefused_AndItsRepairTakesForce()
    {
        using var live = Live();
        _folder.With(
            "rules/rules.tests.yaml", "tests:\n  - test: nothing happens\n    alert: A{zone=\"a\"}\n    expect: { rule: zone-storm }\n");
        live.Reload();
        Assert.False(live.Status.LastReloadSucceeded);
        Assert.Equal(
            ("rules/rules.tests.yaml:2:1", "the test 'nothing happens' fails"),
            (live.Status.Faults[0].Place, live.Status.Faults[0].Message));

        _folder.With("rules/rules.tests.yaml", "tests:\n  - test: nothing happens\n    alert: A{zone=\"a\"}\n    expect: none\n");
        live.Reload();
        Assert.True(live.Status.LastReloadSucceeded);
        Assert.Empty(live.Status.Faults);
        Assert.Equal(1, Gauge("remediator.definitions.last_reload_success"));
    }

    [Fact]
    public void UnchangedFiles_AreNotASecondLoad()
    {
        using var live = Live();
        var before = (live.Current, live.Status);
        _time.Advance(TimeSpan.FromMinutes(1));
        live.Reload();
        Assert.Equal(before, (live.Current, live.Status));
    }

    [Fact]
    public void BadAtStart_IsAnExceptionWithEveryFault_FailingTestsAmongThem()
    {
        _folder.With("rules/rules.tests.yaml", "tests:\n  - test: wrong\n    alert: A{zone=\"a\"}\n    expect: { rule: zone-storm }\n");
        Assert.Equal("the test 'wrong' fails", Assert.Single(Assert.Throws<DefinitionsInvalidException>(Live).Faults).Message);
    }

    [Fact]
    public void Parse_OfAKeptPlaybook_GivesItAsItWas_WhateverIsInForceNow()
    {
        using var live = Live();
        _folder.With("playbooks/restart-loop.yaml", Samples.Playbook.Replace("mode: approve", "mode: auto", StringComparison.Ordinal));
        live.Reload();

        Assert.Equal(Mode.Approve, live.Parse(Samples.Playbook).Mode);
        Assert.Same(live.Parse(Samples.Playbook), live.Parse(Samples.Playbook));
    }

    [Fact]
    public void Commit_IsKnown_OnlyWhileEveryFileIsInIt()
    {
        Repository.Init(_folder.Root);
        using var repository = new Repository(_folder.Root);
        using var live = Live();
        Assert.Null(live.Current.Commit);

        var commit = Commit(repository);
        live.Reload();
        Assert.Equal((commit, commit), (live.Current.Commit, live.Status.Commit));

        _folder.With("rules/more.yaml", "rules: []\n");
        live.Reload();
        Assert.Null(live.Current.Commit);

        commit = Commit(repository);
        File.Delete(Path.Combine(_folder.Rules, "more.yaml"));
        live.Reload();
        Assert.Null(live.Current.Commit);
    }

    [Fact]
    public async Task Host_FollowsTheFilesOnDisk()
    {
        using var host = Host.CreateDefaultBuilder().ConfigureServices(s => s
            .AddSingleton(FakeActions.Registry)
            .AddDefinitions(Options with { Settle = TimeSpan.FromMilliseconds(50), Recheck = TimeSpan.FromMilliseconds(500) })).Build();
        await host.StartAsync(Token);
        var definitions = host.Services.GetRequiredService<IDefinitions>();

        _folder.With("playbooks/restart-loop.yaml", Samples.Playbook.Replace("mode: approve", "mode: auto", StringComparison.Ordinal));

        await Wait.UntilAsync(
            "the changed playbook, in force", () => definitions.Current.Playbooks["restart-loop"].Mode is Mode.Auto, Token);
        await host.StopAsync(Token);
    }

    [Fact]
    public async Task Host_WithBrokenFiles_DoesNotStart()
    {
        _folder.With("rules/rules.yaml", "rules: 1\n");
        using var host = Host.CreateDefaultBuilder()
            .ConfigureServices(s => s.AddSingleton(FakeActions.Registry).AddDefinitions(Options))
            .Build();
        await Assert.ThrowsAsync<DefinitionsInvalidException>(() => host.StartAsync(Token));
    }

    public void Dispose()
    {
        _services.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void FilesThatHaveNotChanged_AreNotBuiltAgain()
    {
        using var live = Live();
        live.Reload();
        Assert.Equal(1, _engine.Compiled);

        _folder.With("rules/rules.yaml", Samples.Rules + "# changed\n");
        live.Reload();
        Assert.Equal(2, _engine.Compiled);
    }

    [Fact]
    public void TestsThatTakeTooLong_AreEnded_AndTheirFilesRefused()
    {
        using var live = Live();
        var before = live.Current;
        _folder.With(
            "rules/rules.tests.yaml",
            "tests:\n"
                + string.Concat(Enumerable.Range(0, 10).Select(i => $"  - test: t{i}\n    alert: A{{zone=\"a\"}}\n    expect: none\n")));
        // each look at the clock takes as long as a slow test
        _time.AutoAdvanceAmount = TimeSpan.FromSeconds(19);

        live.Reload();

        Assert.Same(before, live.Current);
        var fault = Assert.Single(live.Status.Faults);
        Assert.Equal("the test 't3' fails", fault.Message);
        Assert.Contains("The tests took longer than 60 s; this one and 6 more were not run.", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TestThatDoesNotEnd_IsNamed_AndItsFilesAreRefused_UntilTheyAreMended()
    {
        using var hanging = new HangingEngine();
        using var live = Live(hanging);
        var before = live.Current;
        _folder.With("rules/rules.tests.yaml", """
            tests:
              - { test: ends, alert: 'A{zone="a"}', expect: none }
              - { test: hangs, alert: 'Hang{zone="a"}', expect: none }
              - { test: never begins, alert: 'A{zone="a"}', expect: none }

            """);

        var reload = Task.Run(live.Reload, Token);
        await hanging.Entered.Task.WaitAsync(Wait.Patience, Token);
        _time.Advance(TimeSpan.FromSeconds(61));
        await reload.WaitAsync(Wait.Patience, Token);

        Assert.Same(before, live.Current);
        var fault = Assert.Single(live.Status.Faults);
        Assert.Equal(("rules/rules.tests.yaml:3:1", "the test 'hangs' fails"), (fault.Place, fault.Message));
        Assert.Contains(
            "It did not end within 60 s, what was left of 60 s for all tests; 1 more were not run.", fault.ToString(),
            StringComparison.Ordinal);

        _folder.With("rules/rules.tests.yaml", "tests:\n  - test: ends\n    alert: A{zone=\"a\"}\n    expect: none\n");
        live.Reload();
        Assert.True(live.Status.LastReloadSucceeded);
    }

    [Fact]
    public void CommitIsNotSoughtAgain_WhileTheRepositoryIsAtTheSame()
    {
        Repository.Init(_folder.Root);
        using var repository = new Repository(_folder.Root);
        var commit = Commit(repository);
        using var live = Live();
        Assert.Equal(commit, live.Current.Commit);

        // whoever looks into the commit fails
        var tree = repository.Head.Tip.Tree.Sha;
        File.Delete(Path.Combine(_folder.Root, ".git", "objects", tree[..2], tree[2..]));
        live.Reload();
        Assert.Equal((commit, commit), (live.Current.Commit, live.Status.Commit));
    }

    private LiveDefinitions Live() => Live(_engine);

    private LiveDefinitions Live(IRuleEngine engine) =>
        new(
            Options, FakeActions.Registry, engine, _time, _services.GetRequiredService<IMeterFactory>(),
            NullLogger<LiveDefinitions>.Instance);

    private static string Commit(Repository repository)
    {
        Commands.Stage(repository, "*");
        var author = new Signature("test", "test@example.test", DateTimeOffset.UnixEpoch);
        return repository.Commit("files", author, author).Sha;
    }

    private long? Gauge(string name)
    {
        long? value = null;
        var scope = _services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Name == name && instrument.Meter.Scope == scope) l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, measured, _, _) => value = measured);
        listener.Start();
        listener.RecordObservableInstruments();
        return value;
    }

    /// <summary>Decides nothing of alerts of one name, for as long as it lives.</summary>
    private sealed class HangingEngine : IRuleEngine, IDisposable
    {
        private readonly NativeRuleEngine _native = new();
        private readonly ManualResetEventSlim _end = new();

        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => _native.Name;

        public IRuleProgram Compile(RuleSet rules) => new Program(this, _native.Compile(rules));

        public void Dispose() => _end.Set();

        private sealed class Program(HangingEngine engine, IRuleProgram native) : IRuleProgram
        {
            public string Revision => native.Revision;

            public IReadOnlyList<string> FactsFor(string alertName) => native.FactsFor(alertName);

            public Decision Decide(Fact alert, FactView view)
            {
                if (alert.Name == "Hang")
                {
                    engine.Entered.TrySetResult();
                    engine._end.Wait();
                }

                return native.Decide(alert, view);
            }
        }
    }

    private sealed class CountingEngine : IRuleEngine
    {
        private readonly NativeRuleEngine _native = new();

        public int Compiled { get; private set; }

        public string Name => _native.Name;

        public IRuleProgram Compile(RuleSet rules)
        {
            Compiled++;
            return _native.Compile(rules);
        }
    }
}

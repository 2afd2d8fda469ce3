using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Resources;
using Remediator.Core.Rules;
using Remediator.Definitions.Faults;
using Remediator.Definitions.Loading;

namespace Remediator.Definitions.Tests;

public sealed class LoaderTests
{
    private static readonly Dictionary<string, object> Values = new()
    {
        ["alert"] = new Dictionary<string, string>(),
        ["resource"] = new ResourceKey("c", "deployment", "shop", "api"),
        ["params"] = new Dictionary<string, string> { ["ceiling"] = "4Gi" },
        ["evidence"] = new Dictionary<string, string> { ["reason"] = "OOMKilled" },
    };

    [Fact]
    public void Playbook_IsReadAsItIsWritten()
    {
        using var folder = Samples.Folder();

        var playbook = folder.Load().OrThrow().Playbooks["restart-loop"];

        Assert.Equal(["deployment", "statefulset"], playbook.ResourceKinds);
        Assert.Equal("container{crashing=\"true\"}", Assert.Single(playbook.Problem).Text);
        Assert.Equal(Mode.Approve, playbook.Mode);
        Assert.Equal(new Limits(2, TimeSpan.FromHours(24), TimeSpan.FromMinutes(30)), playbook.Limits);
        Assert.Equal("playbooks/restart-loop.yaml:1", playbook.Place);
        Assert.Equal(Samples.Playbook, playbook.Source);
        Assert.Matches("^[0-9a-f]{12}$", playbook.Revision);
        Assert.Equal("deployment shop/api keeps restarting: OOMKilled", playbook.Escalate.Message.Render(Values));
    }

    [Fact]
    public void Step_BindsItsInput_LiteralsAtLoadAndTemplatesWhenPlanned()
    {
        using var folder = Samples.Folder();

        var playbook = folder.Load().OrThrow().Playbooks["restart-loop"];

        Assert.Equal(new FakeActions.LogsInput { Previous = true, Lines = 200 }, playbook.Evidence[0].With.Bind(Values));
        Assert.Equal(new FakeActions.WhichInput { Which = FakeActions.PodChoice.Crashing }, playbook.Ladder[0].With.Bind(Values));
        Assert.Equal(new FakeActions.RaiseInput(new(25), new(4L << 30)), playbook.Ladder[1].With.Bind(Values));
        Assert.Equal(
            (true, TimeSpan.FromHours(1), TimeSpan.FromMinutes(20), TimeSpan.Zero),
            (playbook.Ladder[1].UndoOnFailure, playbook.Ladder[1].ApprovalWithin, playbook.Ladder[1].After, playbook.Ladder[0].After));
        Assert.Equal(
            (TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5)), (playbook.Ladder[1].Verify.Within, playbook.Ladder[1].Verify.Stable));
    }

    [Fact]
    public void Template_ThatRendersToNothing_LeavesAnOptionalValueOut()
    {
        using var folder = Samples.Folder();
        var values = new Dictionary<string, object>(Values) { ["params"] = new Dictionary<string, string>() };

        Assert.Equal(new FakeActions.RaiseInput(new(25)), folder.Load().OrThrow().Playbooks["restart-loop"].Ladder[1].With.Bind(values));
    }

    [Fact]
    public void Template_ThatRendersToAValueThatDoesNotFit_SaysWhich()
    {
        using var folder = Samples.Folder();
        var values = new Dictionary<string, object>(Values) { ["params"] = new Dictionary<string, string> { ["ceiling"] = "$(rm -rf /)" } };
        var step = folder.Load().OrThrow().Playbooks["restart-loop"].Ladder[1];

        Assert.Equal(
            "'ceiling' is '$(rm -rf /)'; expected an amount such as 512Mi or 4Gi (from {{ params.ceiling }})",
            Assert.Throws<FormatException>(() => step.With.Bind(values)).Message);
    }

    [Fact]
    public void Rules_AreReadAndCompiled()
    {
        using var folder = Samples.Folder();
        var alert = Fact.Parse("""KubePodCrashLooping{namespace="shop",workload="api",workload_kind="deployment",zone="a"}""");
        var view = new FactView(
            3, default, [Fact.Parse("""container{namespace="shop",workload="api",workload_kind="deployment",crashing="true"}""")]);

        var decision = folder.Load().OrThrow().Rules.Decide(alert, view);

        Assert.Equal(
            (DecisionKind.Run, "pod-crash-restart", "restart-loop", TimeSpan.FromMinutes(2)),
            (decision.Kind, decision.Rule, decision.Playbook, decision.For));
        Assert.Equal("4Gi", decision.With["ceiling"]);
        Assert.Equal("rules/rules.yaml:2", decision.Trace[0].Place);
    }

    [Fact]
    public void Revision_ChangesWithAnyByte_ButNotWithTests()
    {
        using var folder = Samples.Folder();
        var before = folder.Load();
        var tested = folder.With("rules/rules.tests.yaml", "tests: []\n").Load();
        var after = folder.With("rules/rules.yaml", Samples.Rules + "# a comment\n").Load();

        Assert.Equal(before.Set!.Revision, tested.Set!.Revision);
        Assert.NotEqual(before.Content, tested.Content);
        Assert.NotEqual(before.Set.Revision, after.Set!.Revision);
        Assert.Equal(after.Set.Revision, after.Set.Rules.Revision);
    }

    [Fact]
    public void Policy_IsReadAsItIsWritten_AndPartOfTheRevision()
    {
        using var folder = Samples.Folder();
        var before = folder.Load().OrThrow();
        var set = folder.With("policy.yaml", """
            limits:
              - match: { kind: node, zone: "eu-*" }
                each: [zone, node_group]
                at_once: 10%
                per_hour: 6
              - at_once: 3
            protected: data/*/*
            modes:
              - { match: { namespace: shop }, ceiling: approve }
            approvals:
              - { match: { namespace: shop }, people: 2 }
            maintenance:
              - { cron: "0 2 * * SAT", time_zone: Asia/Shanghai, duration: 3h, reason: weekly release }
            storm:
              zone_nodes: { more_than: 30% }
              cooldown: 20m
            repairs_in_a_row: 2
            pages:
              - { match: { namespace: shop }, hold: true, verified_runs: 20, critical: true, at_most: 10m }
              - { match: { playbook: "node-*" }, hold: false }
            """).Load().OrThrow();

        Assert.Same(Policy.Default, before.Policy);
        Assert.NotEqual(before.Revision, set.Revision);
        var (first, second, window) = (set.Policy.Limits[0], set.Policy.Limits[1], Assert.Single(set.Policy.Maintenance));
        Assert.Equal(
            ("{kind=\"node\", zone=\"eu-*\"}", (int?)10, (int?)6, (int?)null),
            (first.Match.ToString(), first.Percent, first.PerHour, first.AtOnce));
        Assert.Equal(["zone", "node_group"], first.Each);
        Assert.Equal(("{}", (int?)3, (int?)null), (second.Match.ToString(), second.AtOnce, second.Percent));
        Assert.Equal(["data/*/*"], set.Policy.Protected);
        Assert.Equal(("{namespace=\"shop\"}", Mode.Approve), set.Policy.Modes.Select(m => (m.Match.ToString(), m.Ceiling)).Single());
        Assert.Equal(("{namespace=\"shop\"}", 2), set.Policy.Approvals.Select(a => (a.Match.ToString(), a.People)).Single());
        Assert.Equal(new StormPolicy { ZoneNodes = new(0.30, 2), Cooldown = TimeSpan.FromMinutes(20) }, set.Policy.Storm);
        Assert.Equal((2, 3), (set.Policy.RepairsInARow, before.Policy.RepairsInARow));
        Assert.Equal(
            [
                ("{namespace=\"shop\"}", true, 20, true, TimeSpan.FromMinutes(10)),
                ("{playbook=\"node-*\"}", false, 10, false, TimeSpan.FromMinutes(30))],
            set.Policy.Pages.Select(p => (p.Match.ToString(), p.Hold, p.VerifiedRuns, p.Critical, p.AtMost)));
        Assert.Empty(before.Policy.Pages);
        Assert.Equal(("0 2 * * SAT", TimeSpan.FromHours(3), "weekly release"), (window.Cron, window.Duration, window.Reason));
    }

    [Fact]
    public void Policy_ThatIsNotThere_IsAFault()
    {
        using var folder = Samples.Folder();
        var loaded =
            DefinitionsLoader.Load(folder.Rules, folder.Playbooks, FakeActions.Registry, Path.Combine(folder.Root, "nowhere.yaml"));
        Assert.StartsWith("nowhere.yaml:1:1: the file cannot be read: ", Assert.Single(loaded.Faults).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_ThatIsNotThere_IsAFault()
    {
        var loaded = DefinitionsLoader.Load("/nowhere/rules", "/nowhere/playbooks", FakeActions.Registry);
        Assert.Equal(2, loaded.Faults.Count);
        Assert.StartsWith("/nowhere/playbooks:1:1: the folder cannot be read: ", loaded.Faults[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void BadDefinitions_AtStart_AreOneExceptionWithAllFaults()
    {
        using var folder = Samples.Folder().With("rules/a.yaml", "rules:\n  - rule: a\n").With("playbooks/b.yaml", "playbook: b\n");
        var thrown = Assert.Throws<DefinitionsInvalidException>(() => folder.Load().OrThrow());
        Assert.Equal(7, thrown.Faults.Count);
        Assert.Contains("rules/a.yaml:2:5: 'alert' is missing", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rule_WhosePlaybookCannotBeRead_GivesNoSecondMessage()
    {
        using var folder = Samples.Folder().With(
            "playbooks/restart-loop.yaml", Samples.Playbook.Replace("mode: approve", "mode: never", StringComparison.Ordinal));
        Assert.Equal(
            "playbooks/restart-loop.yaml:4:7: 'mode' is 'never'; expected off, observe, approve, auto",
            Assert.Single(folder.Load().Faults).ToString());
    }

    [Fact]
    public void KeptPlaybook_IsReadAgain_AsItWas()
    {
        var playbook = DefinitionsLoader.ParsePlaybook(Samples.Playbook, FakeActions.Registry);
        using var folder = Samples.Folder();
        Assert.Equal(folder.Load().OrThrow().Playbooks["restart-loop"].Revision, playbook.Revision);
    }

    [Fact]
    public void KeptPlaybook_WithAnActionThatIsGone_IsRefused() =>
        Assert.Contains(
            "unknown action 'kubernetes.evict-pod'",
            Assert.Throws<DefinitionsInvalidException>(() => DefinitionsLoader.ParsePlaybook(Samples.Playbook, new([]))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void EmptyFolders_AreAnEmptySet()
    {
        using var folder = new DefinitionFolder();
        var set = folder.Load().OrThrow();
        Assert.Empty(set.Playbooks);
        Assert.Equal(DecisionKind.None, set.Rules.Decide(Fact.Parse("A"), FactView.Empty).Kind);
    }
}

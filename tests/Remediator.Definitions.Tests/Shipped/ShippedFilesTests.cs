using Remediator.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;
using Remediator.Definitions.Loading;
using Remediator.Definitions.Testing;
using Remediator.Rete;
using Remediator.Testing;

namespace Remediator.Definitions.Tests.Shipped;

/// <summary>The files that ship, with the actions that ship.</summary>
public sealed partial class ShippedFilesTests
{
    private static readonly string Root = WorkingTree.Path();
    private static readonly LoadedDefinitions Loaded = Load(new NativeRuleEngine());

    public static TheoryData<string> Alerts =>
    [
        "KubePodCrashLooping", "KubernetesPodCrashLooping", "ContainerRestartsFast", "KubernetesContainerOomKiller", "ContainerOomRate",
        "KubeContainerWaiting",
        "KubernetesContainerWaiting", "ImagePullFailing", "ContainerConfigError", "KubePodNotReady", "KubernetesPodNotHealthy",
        "ContainerUnhealthy", "PodLivenessFailures",
        "KubeDeploymentReplicasMismatch", "KubernetesDeploymentReplicasMismatch", "KubeDeploymentRolloutStuck",
        "KubernetesDeploymentRolloutStuck",
        "KubernetesReplicasetReplicasMismatch",
        "KubeStatefulSetReplicasMismatch", "KubernetesStatefulsetReplicasMismatch", "KubernetesStatefulsetDown",
        "KubeStatefulSetUpdateNotRolledOut", "KubernetesStatefulsetUpdateNotRolledOut",
        "KubeDaemonSetRolloutStuck", "KubernetesDaemonsetRolloutStuck", "KubeDaemonSetNotScheduled",
    ];

    /// <summary>Names of awesome-prometheus-alerts, as it has spelled them first and then.</summary>
    public static TheoryData<string, string> Spellings => new()
    {
        { "KubernetesReplicasetReplicasMismatch", "KubernetesReplicaSetReplicasMismatch" },
        { "KubernetesStatefulsetReplicasMismatch", "KubernetesStatefulSetReplicasMismatch" },
        { "KubernetesStatefulsetUpdateNotRolledOut", "KubernetesStatefulSetUpdateNotRolledOut" },
        { "KubernetesStatefulsetDown", "KubernetesStatefulSetDown" },
        { "KubernetesDaemonsetRolloutStuck", "KubernetesDaemonSetRolloutStuck" },
        { "KubernetesDaemonsetMisscheduled", "KubernetesDaemonSetMisscheduled" },
        { "KubernetesCronjobFailing", "KubernetesCronJobFailing" },
        { "KubernetesCronjobTooLong", "KubernetesCronJobTooLong" },
        { "KubernetesHpaScaleMaximum", "KubernetesHPAScaleMaximum" },
        { "KubernetesHpaScaleInability", "KubernetesHPAScaleInability" },
        { "KubernetesHpaMetricsUnavailability", "KubernetesHPAMetricsUnavailability" },
    };

    internal static Core.Policies.DefinitionSet Shipped => Loaded.OrThrow();

    internal static Core.Policies.DefinitionSet ShippedFor(IRuleEngine engine) => Load(engine).OrThrow();

    [Fact]
    public void ShippedFiles_HaveNoFault() => Assert.Empty(Loaded.Faults);

    /// <summary>Its examples are comments; they have to be right as well.</summary>
    [Fact]
    public void ExamplesOfTheShippedPolicy_HaveNoFault()
    {
        var lines = File.ReadAllLines(Path.Combine(Root, "policy.yaml")).SkipWhile(l => !l.StartsWith("limits:", StringComparison.Ordinal));
        using var folder = Samples.Folder().With("policy.yaml", string.Join('\n', lines.Select(l => ExampleLine().Replace(l, "$1"))));
        var policy = folder.Load().OrThrow().Policy;
        Assert.Equal((3, 1, 1, 1), (policy.Limits.Count, policy.Modes.Count, policy.Approvals.Count, policy.Maintenance.Count));
    }

    private static LoadedDefinitions Load(IRuleEngine engine) =>
        DefinitionsLoader.Load(
            Path.Combine(Root, "rules"), Path.Combine(Root, "playbooks"), ActionCatalogue.All(), Path.Combine(Root, "policy.yaml"), engine);

    [System.Text.RegularExpressions.GeneratedRegex("^( *)# (?=(- |  |[a-z_]+:( |$)))")]
    private static partial System.Text.RegularExpressions.Regex ExampleLine();

    [Fact]
    public void ShippedTests_Pass() => Assert.Equal("", string.Join('\n', DefinitionTestRunner.Run(Loaded).Where(r => !r.Passed)));

    [Fact]
    public void NRules_ExplainsEveryShippedTestAsOurOwnEngine()
    {
        var nrules = new NRulesEngine().Compile(Loaded.Rules!);
        var tests = Loaded.Tests.OfType<RuleTest>().Select(t => (t.Alert, View: new FactView(1, default, [.. t.Facts, t.Alert]))).ToList();
        Assert.NotEmpty(tests);
        Assert.All(tests, t => Assert.Equal(Loaded.Set!.Rules.Decide(t.Alert, t.View).Explain(), nrules.Decide(t.Alert, t.View).Explain()));
    }

    [Fact]
    public void ShippedTests_PassWithNRulesToo() =>
        Assert.Equal("", string.Join('\n', DefinitionTestRunner.Run(Load(new NRulesEngine())).Where(r => !r.Passed)));

    [Fact]
    public void EveryShippedFile_HasTests() =>
        Assert.Equal(
            Files("*.yaml").Where(f => !f.EndsWith(".tests.yaml", StringComparison.Ordinal)).Order(),
            Files("*.tests.yaml").Select(f => f.Replace(".tests.yaml", ".yaml", StringComparison.Ordinal)).Order());

    [Theory]
    [MemberData(nameof(Alerts))]
    public void EveryAlertOfTheCards_LeadsToTheProblemThatTheFactsTell(string alert)
    {
        Assert.Equal("restart-loop", Decide(alert, "crashing=\"true\"").Playbook);
        Assert.Equal("oom-restart-loop", Decide(alert, "crashing=\"true\",last_terminated=\"OOMKilled\"").Playbook);
        Assert.Equal("image-pull", Decide(alert, "waiting=\"ImagePullBackOff\"").Playbook);
        Assert.Equal("config-missing", Decide(alert, "waiting=\"CreateContainerConfigError\"").Playbook);
        Assert.Equal(DecisionKind.None, Decide(alert, "crashing=\"false\"").Kind);
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Alert_IsFollowed_HoweverItsCollectionSpellsIt(string first, string then)
    {
        Assert.NotEmpty(RulesAbout(first));
        Assert.Equal(RulesAbout(first), RulesAbout(then));
    }

    [Fact]
    public void EveryShippedPlaybook_IsChosenByARule_AndNeverAboveApprove()
    {
        var chosen = Loaded.Rules!.Rules.Select(r => r.Then).OfType<RuleOutcome.Run>().Select(r => r.Playbook).Distinct();
        Assert.Equal(Loaded.Set!.Playbooks.Keys.Order(), chosen.Order());
        Assert.All(Loaded.Set.Playbooks.Values, p => Assert.Equal(Mode.Approve, p.Mode));
    }

    [Fact]
    public void ShippedRules_JoinOnWorkloadsNodesHostsAndClaims_NeverOnPods() =>
        Assert.All(
            Loaded.Rules!.Rules.SelectMany(r => r.When.Concat(r.Unless)).Select(c => c.Text),
            text => Assert.Matches(
                @"^(count\()?on\((namespace, workload, workload_kind|namespace, persistentvolumeclaim|node|host)\) ", text));

    private static List<string> RulesAbout(string alert) =>
        [.. Loaded.Rules!.Rules.Where(r => r.Alert.Name == alert || r.Alert.Matchers.Any(m => m.Label == "alertname" && m.Matches(alert)))
            .Select(r => r.Name)];

    private static Decision Decide(string alert, string container)
    {
        const string Owner = "namespace=\"shop\",workload=\"api\",workload_kind=\"deployment\"";
        var view = new FactView(1, default, [Fact.Parse($"container{{{Owner},{container}}}"), Fact.Parse($"{alert}{{{Owner}}}")]);
        return Loaded.Set!.Rules.Decide(Fact.Parse($"{alert}{{{Owner},pod=\"api-1\"}}"), view);
    }

    private static IEnumerable<string> Files(string pattern) =>
        Directory.GetFiles(Path.Combine(Root, "rules"), pattern, SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(Path.Combine(Root, "playbooks"), pattern, SearchOption.AllDirectories));
}

namespace Remediator.Definitions.Tests;

public sealed class TestRunnerTests
{
    private const string CrashingContainer = """container{namespace="shop", workload="api", workload_kind="deployment", crashing="true"}""";

    [Fact]
    public void Rules_TestedByTheirUser_PassAndFail()
    {
        using var folder = Samples.Folder().With("rules/rules.tests.yaml", $$"""
            tests:
              - test: a crash runs
                facts: [ '{{CrashingContainer}}' ]
                alert: KubePodCrashLooping{namespace="shop", workload="api", workload_kind="deployment"}
                expect: { rule: pod-crash-restart, run: restart-loop, with: { ceiling: 4Gi } }
              - test: four of ten is a storm
                facts:
                  - node{node="up#", zone="a", ready="true"} x 6
                  - node{node="down#", zone="a", ready="false"} x 4
                alert: KubePodCrashLooping{namespace="shop", zone="a"}
                expect: { escalate: more than 30% of the nodes of a are not ready }
              - test: three of ten is none
                facts:
                  - node{node="up#", zone="a", ready="true"} x 7
                  - node{node="down#", zone="a", ready="false"} x 3
                alert: SomethingElse{zone="a"}
                expect: none
              - test: fails
                facts: [ '{{CrashingContainer}}' ]
                alert: KubePodCrashLooping{namespace="kube-system", workload="api", workload_kind="deployment"}
                expect: { rule: pod-crash-restart, run: restart-loop }

            """);

        var results = DefinitionTestRunner(folder);

        Assert.Equal([true, true, true, false], results.Select(r => r.Passed));
        Assert.Equal(
            """
            FAILED  fails (rules/rules.tests.yaml:18)
              expected run, got no rule
              expected rule pod-crash-restart, got none
              No rule matches for KubePodCrashLooping{namespace="kube-system",workload="api",workload_kind="deployment"}  [rules REVISION, view 1]
                rejected pod-crash-restart (rules/rules.yaml:2)
                  FAIL alert  KubePodCrashLooping{namespace!~"kube-.*"}  <- namespace is "kube-system"
                  FAIL when   on(namespace, workload, workload_kind) container{crashing="true"}  <- no such fact
                rejected zone-storm (rules/rules.yaml:11)
                  FAIL alert  {zone!=""}  <- it has no zone
                  FAIL when   count(on(zone) node{ready="false"}) / count(on(zone) node) > 30%  <- cannot be decided: the alert has no label 'zone'
                  FAIL when   count(on(zone) node{ready="false"}) >= 3  <- cannot be decided: the alert has no label 'zone'
            """.Replace("REVISION", folder.Load().Set!.Revision, StringComparison.Ordinal),
            results[3].ToString(),
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public void FactsOfOneTest_AreBounded_OverAllItsLines()
    {
        using var folder = Samples.Folder().With("rules/rules.tests.yaml", """
            tests:
              - test: much
                facts:
                  - node{node="a#"} x 20000
                  - node{node="b"}
                alert: A{zone="a"}
                expect: none
            """);

        Assert.Equal(
            "rules/rules.tests.yaml:5:9: a test may have 20000 facts, and this line brings it to 20001",
            Assert.Single(folder.Load().Faults).ToString());
    }

    [Fact]
    public void Playbooks_TestedByTheirUser_PassAndFail()
    {
        using var folder = Samples.Folder().With("playbooks/restart-loop.tests.yaml", """
            tests:
              - test: one crashing pod is evicted
                resource: deployment shop/api
                facts:
                  - container{pod="api-1", crashing="true"}
                  - container{pod="api-2", crashing="false"}
                  - container{workload="other", crashing="true"}
                expect: { problem: holds, first: evict the one bad pod, passed_over: [ raise the limit ] }
              - test: what the evidence found counts
                resource: statefulset shop/db
                facts:
                  - container{pod="db-#", crashing="true"} x 2
                  - evidence{reason="OOMKilled"}
                expect: { first: raise the limit, passed_over: evict the one bad pod }
              - test: nothing crashes
                resource: deployment shop/api
                expect: { problem: gone, first: none }
              - test: fails
                resource: deployment shop/api
                facts: [ 'container{pod="api-#", crashing="true"} x 2' ]
                expect: { problem: gone, first: evict the one bad pod, passed_over: [ raise the limit ] }

            """);

        var results = DefinitionTestRunner(folder);

        Assert.Equal([true, true, true, false], results.Select(r => r.Passed));
        Assert.Equal(
            """
              expected the problem to be gone, but it holds
              expected the first step to be 'evict the one bad pod', got none; it is skipped: count(container{crashing="true"}) == 1: 2: container{crashing="true",namespace="shop",pod="api-1",workload="api",workload_kind="deployment"}; container{crashing="true",namespace="shop",pod="api-2",workload="api",workload_kind="deployment"}
            """,
            results[3].Failure,
            ignoreLineEndingDifferences: true);
    }

    internal static IReadOnlyList<Definitions.Testing.DefinitionTestResult> DefinitionTestRunner(
        DefinitionFolder folder, Core.Actions.ActionRegistry? actions = null) =>
        Definitions.Loading.DefinitionTestRunner.Run(folder.Load(actions));
}

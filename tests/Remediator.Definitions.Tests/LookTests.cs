using Remediator.Core.Actions;

namespace Remediator.Definitions.Tests;

public sealed class LookTests
{
    private const string DiskFull = """
        playbook: disk-full
        resource: [filesystem]
        problem: [ 'filesystem{used_percent>=95}' ]
        limits: { attempts: 2 per 24h, cooldown: 30m }
        look:
          - use: host.disk
            with: { lines: 10 }
        ladder:
          - step: wipe
            when: [ 'filesystem{read_only="false"}', 'host{zone="a"}' ]
            use: host.wipe
            with: { path: /var/tmp }
            verify: { use: kubernetes.workload-ready, within: 5m, stable: 2m }
        escalate: { severity: critical, message: "{{ resource }} is full" }

        """;

    private static ActionRegistry WithLook { get; } = new([.. FakeActions.Registry.All, new FakeActions.DiskLook()]);

    [Fact]
    public void WhatAPlaybookLooksAt_ItsConditionsMayName()
    {
        using var folder = Samples.Folder().With("playbooks/disk-full.yaml", DiskFull);

        var loaded = folder.Load(WithLook);

        Assert.Empty(loaded.Faults);
        Assert.Equal("host.disk", Assert.Single(loaded.Set!.Playbooks["disk-full"].Looks).Use);
    }

    [Fact]
    public void WhatNobodyLooksAt_OrKnows_IsAMistake_InAPlaybookAndInARule()
    {
        using var folder = Samples.Folder()
            .With(
                "playbooks/disk-full.yaml",
                DiskFull.Replace("look:\n  - use: host.disk\n    with: { lines: 10 }\n", "", StringComparison.Ordinal))
            .With("rules/rules.yaml", Samples.Rules + """
                  - rule: disk
                    alert: DiskFull
                    when: [ 'on(host) filesystem{used_percent>=95}', 'on(host) host{node=""}' ]
                    then: { suppress: it is no node }

                """);

        Assert.Equal(
            """
            playbooks/disk-full.yaml:1:11: a filesystem is seen by a look alone: a playbook names one under 'look' that gives it, and this version has none
            playbooks/disk-full.yaml:1:11: nobody knows of a host here: this version has no provider 'hosts'
            rules/rules.yaml:20:11: a filesystem is seen by a look alone: a playbook names one under 'look' that gives it, and this version has none
            rules/rules.yaml:20:11: nobody knows of a host here: this version has no provider 'hosts'
            """,
            string.Join('\n', folder.Load().Faults.Select(f => f.ToString()).Order(StringComparer.Ordinal)),
            ignoreLineEndingDifferences: true);
        Assert.Equal(
            [
                "playbooks/disk-full.yaml:1:11: a filesystem is seen by a look alone: a playbook names one under 'look' that "
                    + "gives it (host.disk)",
                "rules/rules.yaml:20:11: a filesystem is seen by a look alone: a playbook names one under 'look' that gives it (host.disk)",
            ],
            folder.Load(WithLook).Faults.Select(f => f.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ALookThatIsNone_IsAMistake()
    {
        using var folder = Samples.Folder().With(
            "playbooks/disk-full.yaml", DiskFull.Replace("use: host.disk", "use: kubernetes.logs", StringComparison.Ordinal));

        Assert.Equal(
            "playbooks/disk-full.yaml:6:10: 'kubernetes.logs' only reads; a look tells facts",
            folder.Load(WithLook).Faults[0].ToString());
    }

    [Fact]
    public void TestsOfAPlaybook_SayWhatIsSeen()
    {
        using var folder = Samples.Folder().With("playbooks/disk-full.yaml", DiskFull).With("playbooks/disk-full.tests.yaml", """
            tests:
              - test: a full disk of a machine in zone a is wiped
                resource: filesystem db-1:/var
                facts: []
                look: [ 'filesystem{used_percent="99", read_only="false"}', 'host{host="db-1", zone="a"}' ]
                expect: { problem: holds, first: wipe }
              - test: what was not seen is no problem
                resource: filesystem db-1:/var
                facts: []
                expect: { problem: gone, passed_over: wipe }

            """);

        Assert.All(TestRunnerTests.DefinitionTestRunner(folder, WithLook), r => Assert.True(r.Passed, r.ToString()));
    }
}

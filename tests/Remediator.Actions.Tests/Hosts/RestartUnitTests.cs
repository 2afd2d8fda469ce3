using Remediator.Actions.Hosts.DescribeUnit;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.RestartUnit;
using Remediator.Actions.Hosts.Service;
using Remediator.Actions.Hosts.UnitRuns;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Resources;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>A real systemd; a unit of its own for each test.</summary>
[Trait("Needs", "Hosts")]
public sealed class RestartUnitTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private readonly TestHost _host = fixture.Host;

    [Theory]
    [InlineData("root")]
    [InlineData("ops")]
    public async Task ServiceThatRuns_IsRestarted_AndOnlyOnce(string user)
    {
        var unit = $"once-{user}.service";
        await AddAsync(unit, "ExecStart=/bin/sleep infinity");
        if (user == "ops")
            await AllowAsync(unit);
        var (restart, request) = (new RestartUnitAction(Machines(unit, user)), Request(unit));
        var before = await RunAsync(unit);

        var plan = (await restart.PlanAsync(request, Token)).Plan!;
        Assert.Equal("active (running)", Assert.Single(plan.Changes).Before);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await restart.ProbeAsync(request, plan, Token)).Answer);
        Assert.Null(TargetIdentity.Difference(unit, plan, await restart.IdentifyAsync(request, plan, Token)));
        var outcome = await restart.ApplyAsync(request, plan, Token);

        var after = await RunAsync(unit);
        Assert.NotEqual(before, after);
        Assert.Contains("is active (running)", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(ProbeAnswer.Happened, (await restart.ProbeAsync(request, plan, Token)).Answer);
        var again = await Assert.ThrowsAsync<ActionFailedException>(() => restart.ApplyAsync(request, plan, Token));
        Assert.Equal(FailureKind.Permanent, again.Kind);
        Assert.Contains("nothing was done", again.Message, StringComparison.Ordinal);
        Assert.Equal(after, await RunAsync(unit));
    }

    [Fact]
    public async Task AnotherStartOfTheMachine_IsLeftAlone_AndNobodyCanTellWhatWasDoneBefore()
    {
        const string Unit = "other-boot.service";
        await AddAsync(Unit, "ExecStart=/bin/sleep infinity");
        var (restart, request) = (new RestartUnitAction(Machines(Unit)), Request(Unit));
        var plan = (await restart.PlanAsync(request, Token)).Plan!;
        var other = plan with
        {
            Preconditions = new Dictionary<string, string>(plan.Preconditions) { ["boot_id"] = "0b8f7a5c-0000-4000-8000-000000000000" },
        };
        var before = await RunAsync(Unit);

        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => restart.ApplyAsync(request, other, Token));

        Assert.Equal(FailureKind.Permanent, failed.Kind);
        Assert.Equal(before, await RunAsync(Unit));
        Assert.Equal(ProbeAnswer.Unknown, (await restart.ProbeAsync(request, other, Token)).Answer);
        Assert.False(TargetIdentity.IsSame(plan, other));
    }

    [Fact]
    public async Task ServiceWhoseProcessIsStopped_IsNotWell_AndIsAfterARestart()
    {
        const string Unit = "frozen.service";
        await AddAsync(Unit, "ExecStart=/bin/sleep infinity");
        await _host.RunAsync(
            $"systemctl kill --signal=STOP {Unit}; until grep -q '^State:.T' /proc/$({Pid(Unit)})/status; do sleep 0.1; done");
        var machines = Machines(Unit);
        var (restart, runs) = (new RestartUnitAction(machines), new UnitRunsAction(machines));

        Assert.Equal("frozen", (await LookAsync(machines, Unit))["trouble"]);
        var sick = await runs.CheckAsync(Request(Unit, new UnitRunsInput { Unit = Unit }), Token);
        await RestartAsync(restart, Unit);
        var well = await runs.CheckAsync(Request(Unit, new UnitRunsInput { Unit = Unit }), Token);

        Assert.False(sick.Good, sick.Observed);
        Assert.True(well.Good, well.Observed);
        Assert.NotEqual(sick.Stability, well.Stability);
        Assert.Equal("", (await LookAsync(machines, Unit))["trouble"]);
    }

    [Fact]
    public async Task ServiceThatWasKilled_AsOftenAsSystemdAllows_IsRestarted()
    {
        const string Unit = "killed.service";
        await AddAsync(Unit, "ExecStart=/bin/sleep infinity\nRestart=always\nRestartSec=0", "StartLimitBurst=2\nStartLimitIntervalSec=1h");
        await _host.RunAsync(
            $"until [ \"$(systemctl is-failed {Unit})\" = failed ]; do systemctl kill --signal=KILL {Unit} 2>/dev/null; sleep 0.2; done");
        var machines = Machines(Unit);

        Assert.Equal(("failed", "true"), Of(await LookAsync(machines, Unit)));
        await RestartAsync(new RestartUnitAction(machines), Unit);

        Assert.Equal("active", (await _host.RunAsync($"systemctl is-active {Unit}")).Trim());
    }

    [Theory]
    [InlineData("loop", "Restart=always\nRestartSec=1h", "auto-restart")]
    [InlineData("broken", "Restart=no", "failed")]
    public async Task ServiceThatEndsByItsConfiguration_IsLeftAlone_AndItsLastLinesSayWhy_Masked(string name, string restarts, string state)
    {
        var unit = $"{name}.service";
        await AddAsync(
            unit, $"ExecStart=/bin/sh -c 'echo unknown option in line 7, password=hunter2hunter2; exit 3'\n{restarts}");
        await _host.RunAsync(
            $"until systemctl show -p ActiveState -p SubState {unit} | grep -q {state}; do sleep 0.1; done; journalctl --sync");
        var machines = Machines(unit);

        var refusal = (await new RestartUnitAction(machines).PlanAsync(Request(unit, scale: 1), Token)).Refusal!;

        Assert.Contains("with exit code 3", refusal, StringComparison.Ordinal);
        Assert.Contains("unknown option in line 7", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refusal, StringComparison.Ordinal);
        var evidence = await new DescribeUnitAction(machines).ReadAsync(
            Request(unit, new DescribeUnitInput { Unit = unit }, 1), Token);
        Assert.Contains("It is not restarted", evidence.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", evidence.Text + string.Concat(evidence.Values.Values), StringComparison.Ordinal);
    }

    /// <summary>
    /// As a kubelet whose configuration is wrong: what it says is followed by hundreds of lines, with systemd's own between them.
    /// </summary>
    [Fact]
    public async Task WhyAProgramOfGoGaveUp_IsAmongItsLastLines_AndNotWhereItsGoroutinesWere()
    {
        const string Unit = "goer.service";
        await _host.RunAsync("""
            cat >/usr/local/bin/goer <<'P'
            #!/bin/sh
            echo 'F1126 15:56:51.796962     290 server.go:156] unknown flag: --no-such-flag'
            for n in 1 2 3 4 5 6 7 8 9; do
              printf 'goroutine %s [running]:\nk8s.io/klog/v2.stacks(0x1)\n\tk8s.io/klog/v2/klog.go:1026 +0x89\n' $n
              for m in 1 2 3 4 5 6 7 8 9; do
                printf 'main.(*T).f%s(...)\n\tmain.go:%s\n' $m $m
                if [ $n$m = 15 ]; then
                  until journalctl -u goer.service | grep -qF 'f5(...)'; do sleep 0.1; done
                  systemctl reload goer.service
                fi
              done
              printf 'created by main.main\n\tmain.go:41 +0xc5\n\n'
            done
            exit 255
            P
            chmod 755 /usr/local/bin/goer
            """);
        await AddAsync(Unit, "ExecStart=/usr/local/bin/goer\nExecReload=/bin/true\nRestart=always\nRestartSec=1h");
        // the journal may be behind what the program said, and --sync does not wait for what is still in the program's pipe
        await _host.RunAsync(
            $"until systemctl show -p SubState {Unit} | grep -q auto-restart && journalctl -u {Unit} | grep -q 'Failed with result'; "
                + "do sleep 0.1; done; until [ $(journalctl -u " + Unit + " | grep -c 'created by main.main') = 9 ]; do sleep 0.1; done");

        var refusal = (await new RestartUnitAction(Machines(Unit)).PlanAsync(Request(Unit, scale: 1), Token)).Refusal!;

        Assert.Contains("unknown flag: --no-such-flag", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("klog.go", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("Failed with result", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("by-hand", "systemctl stop by-hand.service", "it was stopped and did not fail")]
    [InlineData(
        "masked", "rm /run/systemd/system/masked.service; systemctl mask --now --runtime masked.service 2>/dev/null", "it is masked")]
    [InlineData(
        "edited", "sed -i s/infinity/99999/ /run/systemd/system/edited.service; touch -d '1 hour' /run/systemd/system/edited.service",
        "its unit file was changed")]
    [InlineData("forbidden", "", "forbids to start or stop it by hand", "RefuseManualStop=yes")]
    [InlineData(
        "base", "printf '[Unit]\\nRequires=base.service\\n[Service]\\nExecStart=/bin/sleep infinity\\n' "
            + ">/run/systemd/system/upon.service; systemctl daemon-reload; systemctl start upon.service",
        "restarts upon.service too")]
    [InlineData(
        "first", "printf '[Unit]\\nRequisite=first.service\\nAfter=first.service\\n[Service]\\nExecStart=/bin/sleep infinity\\n' "
            + ">/run/systemd/system/second.service; systemctl daemon-reload; systemctl start second.service",
        "restarts second.service too")]
    [InlineData(
        "old", "systemctl kill --signal=KILL old.service; until [ \"$(systemctl is-failed old.service)\" = failed ]; do sleep 0.1; done; "
            + "printf '[Unit]\\nConflicts=old.service\\n[Service]\\nExecStart=/bin/sleep infinity\\n' "
            + ">/run/systemd/system/new.service; systemctl daemon-reload; systemctl start new.service",
        "stops new.service")]
    [InlineData("gone", "systemctl stop gone.service; rm /run/systemd/system/gone.service; systemctl daemon-reload", "knows no such unit")]
    public async Task ServiceThatIsNotOursToRestart_IsLeftAlone(string name, string script, string why, string about = "")
    {
        var unit = $"{name}.service";
        await AddAsync(unit, "ExecStart=/bin/sleep infinity", about);
        await _host.RunAsync($"{script}\ntrue");

        var result = await new RestartUnitAction(Machines(unit)).PlanAsync(Request(unit), Token);

        Assert.Contains(why, result.Refusal ?? "a plan", StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceThatWasJustStarted_IsGivenAMinute()
    {
        const string Unit = "young.service";
        await AddAsync(Unit, "ExecStart=/bin/sleep infinity");

        var result = await new RestartUnitAction(Machines(Unit)).PlanAsync(Request(Unit, scale: 1), Token);

        Assert.Contains("it was started only", result.Refusal ?? "a plan", StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceThatSomebodyElseHasRestartedMeanwhile_IsNotRestartedAgain()
    {
        const string Unit = "meanwhile.service";
        await AddAsync(Unit, "ExecStart=/bin/sleep infinity");
        var restart = new RestartUnitAction(Machines(Unit));
        var plan = (await restart.PlanAsync(Request(Unit), Token)).Plan!;
        await _host.RunAsync($"systemctl restart {Unit}");
        var before = await RunAsync(Unit);

        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => restart.ApplyAsync(Request(Unit), plan, Token));

        Assert.Equal(FailureKind.Permanent, failed.Kind);
        Assert.Equal(before, await RunAsync(Unit));
    }

    /// <summary>The first look at the run is followed by a restart of somebody else.</summary>
    [Fact]
    public async Task ServiceThatIsRestartedBetweenTheLookAndTheRestart_IsNotRestartedAgain()
    {
        const string Unit = "race.service";
        await AddAsync(Unit, "ExecStart=/bin/sleep infinity");
        var restart = new RestartUnitAction(Machines(Unit));
        var plan = (await restart.PlanAsync(Request(Unit), Token)).Plan!;
        await _host.RunAsync("""
            cat >/usr/sbin/systemctl <<'S'
            #!/bin/sh
            /usr/bin/systemctl "$@"
            code=$?
            case "$*" in
              *--property=InvocationID*race.service)
                if [ ! -e /run/race.run ]; then
                  /usr/bin/systemctl restart race.service
                  /usr/bin/systemctl show -p InvocationID race.service >/run/race.run
                fi ;;
            esac
            exit "$code"
            S
            chmod 755 /usr/sbin/systemctl
            """);

        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => restart.ApplyAsync(Request(Unit), plan, Token));

        await _host.RunAsync("rm /usr/sbin/systemctl");
        Assert.Equal(FailureKind.Permanent, failed.Kind);
        Assert.Equal(await _host.RunAsync("cat /run/race.run"), await _host.RunAsync($"systemctl show -p InvocationID {Unit}"));
    }

    [Fact]
    public async Task MarkerOfWhichNobodyKnowsTheShell_IsAnActThatGoesOn()
    {
        const string Unit = "marked.service";
        await AddAsync(Unit, "ExecStart=/bin/sleep infinity");
        var restart = new RestartUnitAction(Machines(Unit));
        var plan = (await restart.PlanAsync(Request(Unit), Token)).Plan!;
        await _host.RunAsync($"mkdir -p /run/remediator/{Remediator.Actions.Hosts.Reach.Machines.MarkOf(Request(Unit))}");
        var before = await RunAsync(Unit);

        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => restart.ApplyAsync(Request(Unit), plan, Token));

        Assert.Equal(FailureKind.Unknown, failed.Kind);
        Assert.Equal(before, await RunAsync(Unit));
    }

    /// <summary>What it requires cannot be started any more: systemd stops it, and does not start it.</summary>
    [Fact]
    public async Task ServiceThatTheRestartHasStoppedOnly_IsInDoubt_AndNotAnOldRunThatGoesOn()
    {
        const string Unit = "halfway.service";
        await AddAsync("before-halfway.service", "Type=oneshot\nExecStart=/usr/bin/test ! -e /run/halfway.broken");
        await AddAsync(
            Unit, "ExecStart=/bin/sleep infinity", "Requires=before-halfway.service\nAfter=before-halfway.service");
        var restart = new RestartUnitAction(Machines(Unit));
        var plan = (await restart.PlanAsync(Request(Unit), Token)).Plan!;
        await _host.RunAsync("touch /run/halfway.broken");

        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => restart.ApplyAsync(Request(Unit), plan, Token));

        Assert.Equal(FailureKind.Unknown, failed.Kind);
        Assert.Contains("was stopped and not started again", failed.Message, StringComparison.Ordinal);
        Assert.Equal(ProbeAnswer.Unknown, (await restart.ProbeAsync(Request(Unit), plan, Token)).Answer);
    }

    [Fact]
    public async Task ServiceWhoseConfigurationIsRefusedBeforeItsStart_IsLeftAlone_ThoughItRanWellBefore()
    {
        const string Unit = "checked.service";
        await AddAsync(Unit, "ExecStartPre=/usr/bin/test ! -e /run/checked.broken\nExecStart=/bin/sleep infinity");
        await _host.RunAsync(
            $"touch /run/checked.broken; systemctl restart {Unit} 2>/dev/null; [ \"$(systemctl is-failed {Unit})\" = failed ]");

        var result = await new RestartUnitAction(Machines(Unit)).PlanAsync(Request(Unit), Token);

        Assert.Contains("was not even started", result.Refusal ?? "a plan", StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnitThatThePolicyDoesNotList_IsNotEvenAskedFor()
    {
        const string Unit = "unlisted.service";
        await AddAsync(Unit, "ExecStart=/bin/sleep infinity");
        var machines = Machines("cron.service");

        Assert.Contains(
            "does not list unit 'unlisted.service'", (await new RestartUnitAction(machines).PlanAsync(Request(Unit), Token)).Refusal,
            StringComparison.Ordinal);
        await Assert.ThrowsAsync<ActionFailedException>(() => new DescribeUnitAction(machines).ReadAsync(
            Request(Unit, new DescribeUnitInput { Unit = Unit }), Token));
    }

    [Fact]
    public async Task NodeThatSaysItIsAnotherMachine_IsLeftAlone()
    {
        const string Unit = "kubelet.service";
        await AddAsync(Unit, "ExecStart=/bin/sleep infinity");
        var restart = new RestartUnitAction(Machines(Unit, node: "n1"));
        var machine = (await _host.RunAsync("cat /etc/machine-id")).Trim();

        var same = await restart.PlanAsync(OfNode("n1", Unit, machine), Token);
        var other = await restart.PlanAsync(OfNode("n1", Unit, "00000000000000000000000000000000"), Token);

        Assert.NotNull(same.Plan);
        Assert.Contains("they are not the same machine", other.Refusal, StringComparison.Ordinal);
    }

    private static ActionRequest OfNode(string node, string unit, string machine) => Request(unit) with
    {
        Resource = new("test", ResourceKinds.Node, "", node),
        Facts = new(1, DateTimeOffset.UnixEpoch, [Fact.Parse($$"""node{node="{{node}}", machine_id="{{machine}}"}""")]),
    };

    private static async Task RestartAsync(RestartUnitAction restart, string unit)
    {
        var result = await restart.PlanAsync(Request(unit), Token);
        Assert.True(result.Plan is not null, result.Refusal);
        await restart.ApplyAsync(Request(unit), result.Plan, Token);
    }

    private static async Task<Fact> LookAsync(Machines machines, string unit) =>
        (await new ServiceLook(machines).LookAsync(Request(unit, new ServiceInput { Unit = unit }), Token)).Single();

    private static (string, string) Of(Fact service) => (service["trouble"], service["restartable"]);

    private static ActionRequest Request(string unit, object? input = null, double scale = 0) =>
        HostFixture.Request(input ?? new RestartUnitInput { Unit = unit }, id: $"act of {unit}") with
        {
            Resource = new("test", ResourceKinds.Host, "", "db-1"),
            DurationScale = scale,
        };

    private Machines Machines(string unit, string user = "root", string node = "") =>
        HostFixture.Machines(HostFixture.Entry(_host, user) with { Units = [unit], Node = node });

    private Task<string> AddAsync(string unit, string service, string about = "") => _host.RunAsync($"""
        printf '[Unit]\n%s\n[Service]\n%s\n' '{about}' "$(cat <<'S'
        {service}
        S
        )" | sed 's/^ *//' >/run/systemd/system/{unit}
        systemctl daemon-reload
        systemctl start {unit}
        true
        """);

    /// <summary>As the manual says it, for one unit.</summary>
    private Task<string> AllowAsync(string unit) => _host.RunAsync($"""
        usermod -aG systemd-journal ops
        cat >/etc/sudoers.d/remediator-{unit.Split('.')[0]} <<'S'
        ops ALL=(root) NOPASSWD: /usr/bin/systemctl --job-mode\=fail restart {unit}
        ops ALL=(root) NOPASSWD: /usr/bin/systemctl reset-failed {unit}
        S
        chmod 440 /etc/sudoers.d/*
        install -d -o ops -m 700 /run/remediator
        """);

    private Task<string> RunAsync(string unit) => _host.RunAsync($"systemctl show -p InvocationID -p MainPID {unit}");

    private static string Pid(string unit) => $"systemctl show -p MainPID --value {unit}";
}

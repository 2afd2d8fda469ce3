using Remediator.Actions.Hosts.DescribeMachine;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.Reboot;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Resources;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>A real host, which is started again with another boot id.</summary>
[Trait("Needs", "Hosts")]
public sealed class RebootTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private readonly TestHost _host = fixture.Host;

    [Theory]
    [InlineData("root")]
    [InlineData("ops")]
    public async Task Machine_IsRestarted_Once_AndWhatWasKeptOfItCounts(string user)
    {
        if (user == "ops")
            await AllowAsync();
        var machines = Machines(user);
        var reboot = new RebootAction(machines);
        var request = await RequestAsync(machines);
        var before = await BootAsync();

        var plan = (await reboot.PlanAsync(request, Token)).Plan!;
        Assert.Equal(before, plan.Preconditions["boot_id"]);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await reboot.ProbeAsync(request, plan, Token)).Answer);
        Assert.Equal(ActState.InProgress, (await reboot.WatchAsync(request, plan, "", Token)).State);
        var began = await BeginAsync(reboot, request, plan);
        var status = await AwaitEndAsync(reboot, request, plan);

        var after = await BootAsync();
        Assert.NotEqual(before, after);
        Assert.NotNull(began);
        Assert.Equal(after, Assert.Single(status.Changes).After);
        Assert.Equal(ProbeAnswer.Happened, (await reboot.ProbeAsync(request, plan, Token)).Answer);
        Assert.Null(TargetIdentity.Difference("db-1", plan, await reboot.IdentifyAsync(request, plan, Token)));
        var again = await Assert.ThrowsAsync<ActionFailedException>(() => reboot.ApplyAsync(request, plan, Token));
        Assert.Equal(FailureKind.Permanent, again.Kind);
        Assert.Equal(after, await BootAsync());
        // what was kept is of the start before
        Assert.Contains("nothing of this start of it was kept", (await reboot.PlanAsync(request, Token)).Refusal, StringComparison.Ordinal);
    }

    /// <summary>The shell that was told to do it ended after its marker: nobody knows whether before the call.</summary>
    [Fact]
    public async Task ActWithAMarker_IsTakenForBegun_AndNeverSentAgain()
    {
        var machines = Machines();
        var reboot = new RebootAction(machines);
        var request = await RequestAsync(machines);
        var plan = (await reboot.PlanAsync(request, Token)).Plan!;
        var mark = Remediator.Actions.Hosts.Reach.Machines.MarkOf(request);
        await _host.RunAsync($"mkdir -p /run/remediator/{mark}; sh -c 'echo $$' >/run/remediator/{mark}/pid");
        var before = await BootAsync();

        var probe = await reboot.ProbeAsync(request, plan, Token);
        var outcome = await reboot.ApplyAsync(request, plan, Token);
        var status = await reboot.WatchAsync(request, plan, "", Token);

        Assert.Equal(ProbeAnswer.Happened, probe.Answer);
        Assert.NotNull(probe.Began);
        Assert.NotNull(outcome.Began);
        Assert.Equal((ActState.InProgress, "it was told to restart, and has not"), (status.State, status.Seen));
        // it may still be starting
        Assert.NotEqual("stopping", (await _host.RunAsync("systemctl is-system-running || true")).Trim());
        Assert.Equal(before, await BootAsync());
    }

    /// <summary>As while a machine shuts down or starts: pam_nologin lets nobody in but root.</summary>
    [Fact]
    public async Task MachineThatLetsNobodyInForAWhile_IsLookedAtAgain()
    {
        var machines = Machines("ops");
        var reboot = new RebootAction(machines);
        var request = await RequestAsync(Machines());
        var plan = (await new RebootAction(Machines()).PlanAsync(request, Token)).Plan!;
        await _host.RunAsync("echo down >/run/nologin");

        var look = await Assert.ThrowsAsync<ActionFailedException>(() => reboot.WatchAsync(request, plan, "", Token));
        var identity = await Assert.ThrowsAsync<ActionFailedException>(() => reboot.IdentifyAsync(request, plan, Token));
        var probe = await Assert.ThrowsAsync<ActionFailedException>(() => reboot.ProbeAsync(request, plan, Token));

        await _host.RunAsync("rm /run/nologin");
        Assert.All([look, identity, probe], e => Assert.Equal(FailureKind.Transient, e.Kind));
    }

    [Theory]
    [InlineData(
        "setsid systemd-inhibit --what=shutdown --who=dump --why=backup sleep 600 >/dev/null 2>&1 &\n"
            + "until systemd-inhibit --list 2>/dev/null | grep -q backup; do sleep 0.1; done",
        "pkill sleep", "dump")]
    [InlineData("shutdown -r +60 2>/dev/null", "shutdown -c 2>/dev/null", "somebody has scheduled a shutdown")]
    public async Task MachineThatSomebodyIsAtWorkOn_IsLeftAlone(string begin, string end, string why)
    {
        var machines = Machines();
        var request = await RequestAsync(machines);
        await _host.RunAsync(begin);

        var result = await new RebootAction(machines).PlanAsync(request, Token);

        await _host.RunAsync($"{end}\ntrue");
        Assert.Contains(why, result.Refusal ?? "a plan", StringComparison.Ordinal);
    }

    [Fact]
    public async Task MachineThatThePolicyDoesNotLetBeRestarted_IsLeftAlone_ThoughItWasPlanned()
    {
        var machines = Machines();
        var request = await RequestAsync(machines);
        var plan = (await new RebootAction(machines).PlanAsync(request, Token)).Plan!;
        var not = new RebootAction(HostFixture.Machines(HostFixture.Entry(_host)));
        var before = await BootAsync();

        Assert.Contains("does not let host db-1 be restarted", (await not.PlanAsync(request, Token)).Refusal, StringComparison.Ordinal);
        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => not.ApplyAsync(request, plan, Token));

        Assert.Equal(FailureKind.Permanent, failed.Kind);
        Assert.Equal(before, await BootAsync());
    }

    [Fact]
    public async Task WhatAMachineSays_IsKept_WithItsLastLines()
    {
        await _host.RunAsync("logger -p user.err 'disk sdz is gone, password=hunter2hunter2'; journalctl --sync");

        var evidence = await new DescribeMachineAction(Machines(), TimeProvider.System).ReadAsync(
            Request(new DescribeMachineInput(), []), Token);

        Assert.Contains("disk sdz is gone", evidence.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", evidence.Text, StringComparison.Ordinal);
        var fact = Assert.Single(evidence.Facts);
        Assert.Equal((await BootAsync(), "allowed"), (fact["machine_kept"], fact["reboot"]));
    }

    /// <summary>The answer may be lost with the connection: then it is asked what became of it, as the engine does.</summary>
    private static async Task<Began?> BeginAsync(RebootAction reboot, ActionRequest request, ActionPlan plan)
    {
        try
        {
            return (await reboot.ApplyAsync(request, plan, Token)).Began;
        }
        catch (ActionFailedException e) when (e.Kind is FailureKind.Unknown)
        {
            return await Wait.ForAsync("what became of it", async () =>
            {
                try
                {
                    return (await reboot.ProbeAsync(request, plan, Token)).Began;
                }
                catch (ActionFailedException)
                {
                    return null;
                }
            }, Token);
        }
    }

    private static Task<ActStatus> AwaitEndAsync(RebootAction reboot, ActionRequest request, ActionPlan plan) => Wait.ForAsync(
        "another start of the machine", async () =>
        {
            try
            {
                return await reboot.WatchAsync(request with { NotAfter = DateTimeOffset.MaxValue }, plan, "", Token) is
                    { State: ActState.Done } done ? done : null;
            }
            catch (ActionFailedException e) when (e.Kind is FailureKind.Transient)
            {
                return null;
            }
        }, Token);

    private static async Task<ActionRequest> RequestAsync(Machines machines)
    {
        var kept = await new DescribeMachineAction(machines, TimeProvider.System).ReadAsync(Request(new DescribeMachineInput(), []), Token);
        return Request(new RebootInput(), kept.Facts);
    }

    private static ActionRequest Request(object input, IReadOnlyList<Fact> evidence) =>
        HostFixture.Request(input, id: $"restart {Guid.NewGuid()}", seconds: 600) with
        {
            Resource = new("test", ResourceKinds.Host, "", "db-1"),
            Facts = new(1, DateTimeOffset.UnixEpoch, evidence),
        };

    private Machines Machines(string user = "root") => HostFixture.Machines(HostFixture.Entry(_host, user) with { MayReboot = true });

    /// <summary>As <c>remediator permissions --for hosts</c> prints it.</summary>
    private Task<string> AllowAsync() => _host.RunAsync("""
        usermod -aG systemd-journal ops
        echo 'ops ALL=(root) NOPASSWD: /usr/bin/systemctl --no-block reboot' >/etc/sudoers.d/reboot
        chmod 440 /etc/sudoers.d/reboot
        install -d -o ops -m 700 /run/remediator
        """);

    private async Task<string> BootAsync() => (await _host.RunAsync("cat /proc/sys/kernel/random/boot_id")).Trim();
}

using Remediator.Actions.Hosts.FreeSpace;
using Remediator.Core.Actions;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>The SSH session that frees space ends in the midst of it: a network that breaks, or an sshd that is killed.</summary>
[Trait("Needs", "Hosts")]
public sealed class FreeSpaceKilledTests
{
    private const int Sessions = 6000;
    private const int Aside = 400;

    /// <summary>Under sudo the program is run by a descriptor, so its path says nothing.</summary>
    private const string Program = "^/usr/bin/python3 -I [^ ]* free ";

    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ext4", "root")]
    [InlineData("xfs", "ops")]
    public async Task InMidAct_ItIsNotBegunBesideItself_ThenFinished_AndNothingElseIsGone(string type, string user)
    {
        await using var host = await TestHost.StartAsync(900, type);
        var entry = HostFixture.Entry(host, user) with { Temp = ["/tmp"], KeepsTemp = TimeSpan.FromSeconds(2) };
        await FreeSpaceTests.InstallAsync(host, entry);
        await host.RunAsync($$"""
            mkdir /tmp/sessions; cd /tmp/sessions; seq {{Sessions}} | xargs touch
            echo 1 >/tmp/.X0-lock; mkdir /srv/kept; echo kept >/srv/kept/file
            sleep 3
            """);
        var before = await FreeSpaceTests.ListAsync(host);
        var act = new FreeSpaceAction(HostFixture.Machines(entry), SpaceWay.All.Single(w => w.Kind == "temp"));
        var request = HostFixture.Request(new FreeSpaceInput());
        var planned = await act.PlanAsync(request, Token);
        var plan = planned.Plan ?? throw new InvalidOperationException(planned.Refusal);

        var cut = act.ApplyAsync(request, plan, Token);
        await host.RunAsync($$"""
            until held=$(pgrep -f '{{Program}}') && [ "$(ls /tmp/sessions | wc -l)" -lt {{Sessions}} ]; do sleep 0.02; done
            kill -STOP $held
            until [ "$(cat /proc/$held/comm)" = sshd ]; do held=$(ps -o ppid= -p $held | tr -d ' '); done
            kill -KILL $held
            """);
        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => cut);
        Assert.Equal(FailureKind.Unknown, failed.Kind);

        // the program does not know of it yet
        failed = await Assert.ThrowsAsync<ActionFailedException>(() => act.ApplyAsync(request, plan, Token));
        Assert.Equal((FailureKind.Unknown, "This act is still going on on host db-1."), (failed.Kind, failed.Message));
        Assert.Equal("", await host.RunAsync($$"""
            pkill -CONT -f '[ ]free / old:'
            while pgrep -f '[ ]free / old:' >/dev/null; do sleep 0.05; done
            find / -xdev -name '.rmdtr-*'
            """));

        Assert.Equal(ProbeAnswer.DidNotHappen, (await act.ProbeAsync(request, plan, Token)).Answer);
        await act.ApplyAsync(request, plan, Token);
        Assert.Equal(ProbeAnswer.Happened, (await act.ProbeAsync(request, plan, Token)).Answer);
        Assert.Equal("1", (await host.RunAsync("ls /run/remediator | wc -l")).Trim());
        var gone = before.Except(await FreeSpaceTests.ListAsync(host)).ToList();
        // those that were aside have a new time of change, and so are not as planned
        Assert.InRange(gone.Count, Sessions - Aside, Sessions);
        Assert.All(gone, l => Assert.StartsWith("/tmp/sessions/", l, StringComparison.Ordinal));
    }
}

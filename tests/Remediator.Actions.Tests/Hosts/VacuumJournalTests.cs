using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.SpaceFree;
using Remediator.Actions.Hosts.VacuumJournal;
using Remediator.Core.Actions;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>A real journald on a disk that is full.</summary>
[Trait("Needs", "Hosts")]
public sealed class VacuumJournalTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ext4", "root")]
    [InlineData("xfs", "ops")]
    public async Task AFullDisk_HasItsSpaceBack_AsMuchAsWasSaid_AndOnceIsEnough(string type, string user)
    {
        await using var host = await TestHost.StartAsync(900, type);
        if (user == "ops")
            await AllowAsync(host);
        var machines = HostFixture.Machines(HostFixture.Entry(host, user));
        var (look, vacuum) = (new DiskLook(machines), new VacuumJournalAction(machines));
        await host.FillAsync();

        var full = (await look.LookAsync(HostFixture.Request(new DiskInput()), Token)).Single();
        Assert.True(double.Parse(full["used_percent"], System.Globalization.CultureInfo.InvariantCulture) > 99, full.ToString());
        var request = HostFixture.Request(new VacuumJournalInput());
        var plan = (await vacuum.PlanAsync(request, Token)).Plan!;
        Assert.Equal(plan.Preconditions, (await vacuum.IdentifyAsync(request, plan, Token))!);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await vacuum.ProbeAsync(request, plan, Token)).Answer);
        var outcome = await vacuum.ApplyAsync(request, plan, Token);

        var gain = Assert.Single(GainSeen.Compare(plan.Gains, outcome.Gains));
        Assert.True(gain.IsAsExpected(), gain.Describe());
        Assert.True(gain.Got > 100 << 20, gain.Describe());
        Assert.True((await new SpaceFreeAction(machines).CheckAsync(
            HostFixture.Request(new SpaceFreeInput { UsedBelow = 95 }), Token)).Good);
        Assert.Equal(ProbeAnswer.Happened, (await vacuum.ProbeAsync(request, plan, Token)).Answer);
        Assert.Contains("nothing is won", (await vacuum.PlanAsync(request, Token)).Refusal, StringComparison.Ordinal);
        Assert.NotEqual("", await host.RunAsync("ls /run/remediator"));
        // the newest is still there
        Assert.Contains("the last line", await host.RunAsync("journalctl -q -t filler -n 1 -o cat"), StringComparison.Ordinal);
    }

    /// <summary>
    /// Journald deletes whole files: down to less than one, the newest of all went, and with it what had just been written.
    /// </summary>
    [Fact]
    public async Task WhereOneFileIsMoreThanWhatStays_ItIsRefused_AndLeftAloneThoughItWasPlanned()
    {
        await using var host = await TestHost.StartAsync();
        var large = HostFixture.Entry(host) with { KeepsJournal = 4 << 20 };
        await host.FillAsync();
        var plan = (await new VacuumJournalAction(HostFixture.Machines(HostFixture.Entry(host)))
            .PlanAsync(HostFixture.Request(new VacuumJournalInput()), Token)).Plan!;
        var vacuum = new VacuumJournalAction(HostFixture.Machines(large));
        var before = await host.RunAsync("ls -s /var/log/journal/*");

        Assert.Contains(
            "files are deleted whole",
            (await vacuum.PlanAsync(HostFixture.Request(new VacuumJournalInput()), Token)).Refusal,
            StringComparison.Ordinal);
        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => vacuum.ApplyAsync(
            HostFixture.Request(new VacuumJournalInput()),
            plan with { Parameters = new Dictionary<string, string> { ["keep"] = $"{4 << 20}" } }, Token));

        Assert.Contains("it was left alone", failed.Message, StringComparison.Ordinal);
        Assert.Equal(before, await host.RunAsync("ls -s /var/log/journal/*"));
    }

    [Fact]
    public async Task OnAFileSystemThatTheJournalIsNotOn_ItIsRefused_AndWithAnotherBootNothingIsDone()
    {
        await using var host = await TestHost.StartAsync();
        var vacuum = new VacuumJournalAction(HostFixture.Machines(HostFixture.Entry(host)));
        await host.RunAsync("mkdir -p '/srv/it is\there'; mount -t tmpfs -o size=4m tmpfs '/srv/it is\there'");
        await host.FillAsync();
        var plan = (await vacuum.PlanAsync(HostFixture.Request(new VacuumJournalInput()), Token)).Plan!;

        var elsewhere = await vacuum.PlanAsync(HostFixture.Request(new VacuumJournalInput(), "/srv/it is\there"), Token);
        var absent = await Assert.ThrowsAsync<ActionFailedException>(
            () => vacuum.PlanAsync(HostFixture.Request(new VacuumJournalInput(), "/nowhere"), Token));
        var other = plan with
        {
            Preconditions = new Dictionary<string, string>(plan.Preconditions) { ["boot_id"] = "0b8f7a5c-0000-4000-8000-000000000000" },
        };
        var before = await host.RunAsync("journalctl --disk-usage");
        var failed = await Assert.ThrowsAsync<ActionFailedException>(
            () => vacuum.ApplyAsync(HostFixture.Request(new VacuumJournalInput()), other, Token));

        Assert.Equal("No file of the journal of host db-1 is on /srv/it is\there.", elsewhere.Refusal);
        Assert.Equal("No file system is mounted at /nowhere on host db-1.", absent.Message);
        Assert.Equal(FailureKind.Permanent, failed.Kind);
        Assert.Equal(before, await host.RunAsync("journalctl --disk-usage"));
    }

    /// <summary>As the manual says it.</summary>
    private static async Task AllowAsync(TestHost host)
    {
        var keep = HostFixture.Entry(host).KeepsJournal;
        await host.RunAsync($$"""
            usermod -aG systemd-journal ops
            cat >/etc/sudoers.d/remediator <<'S'
            ops ALL=(root) NOPASSWD: /usr/bin/journalctl --quiet --vacuum-size\={{keep}}
            S
            chmod 440 /etc/sudoers.d/remediator
            visudo -cqf /etc/sudoers.d/remediator
            install -d -o ops -m 700 /run/remediator
            """);
    }
}

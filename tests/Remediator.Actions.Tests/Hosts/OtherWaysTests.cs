using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Identity;
using Microsoft.Extensions.Options;
using Remediator.Actions.Aws.Reach;
using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.FreeSpace;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.SpaceFree;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Actions.Hosts.VacuumJournal;
using Remediator.Core.Actions;
using Remediator.Testing;
using Remediator.Testing.Aws;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>
/// The ways to a host besides SSH: API server, kubelet and AWS are played; what is run, is run on a real host, as it would be there.
/// </summary>
[Trait("Needs", "Hosts")]
public sealed class OtherWaysTests(HostFixture fixture) : IClassFixture<HostFixture>, IAsyncLifetime
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    /// <summary>One of those that ship, since Systems Manager runs no other.</summary>
    private static readonly HostScript Identity = new("identity.sh");

    private AgentEndpoint _agent = null!;
    private SystemsManagerEndpoint _manager = null!;

    public async ValueTask InitializeAsync() =>
        (_agent, _manager) = (await AgentEndpoint.StartAsync(fixture.Host), await SystemsManagerEndpoint.StartAsync(fixture.Host));

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _manager.DisposeAsync();
    }

    public static TheoryData<string, string> Hostile { get; } =
        [.. from way in Others from text in HostShellTests.HostileTexts select (way, text)];

    public static TheoryData<string, string, string?> Answers { get; } =
        [.. from way in Others from answer in HostShellTests.WhatHostsSay select (way, answer.Script, answer.Says)];

    private static string[] Others => [nameof(HostWay.Agent), nameof(HostWay.SystemsManager)];

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task WhateverAnArgumentHolds_IsData(string way, string text)
    {
        var echo = new HostScript("echo.sh", () =>
            "for word; do printf 'word\\t%s\\n' \"$(printf %s \"$word\" | od -An -v -tx1 | tr -d ' \\n')\"; done\nsay end");

        var answer = await RunAsync(way, echo, 30, text, "", "last");

        Assert.Equal(
            [Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)), "", Convert.ToHexStringLower("last"u8)],
            answer.Of("word").Select(w => w[0]));
        Assert.Equal("", await fixture.Host.RunAsync("ls -d /tmp/struck 2>/dev/null || true"));
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task WhatIsNoWholeAnswer_IsAFailure_AndBounded(string way, string script, string? says)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var run = RunAsync(way, new("any.sh", () => script), 30);
        if (says is null)
        {
            Assert.Empty((await run).Lines);
        }
        else
        {
            var failed = await Assert.ThrowsAsync<ActionFailedException>(() => run);
            Assert.Equal(FailureKind.Unknown, failed.Kind);
            Assert.Contains(says.Split('|'), s => failed.Message.Contains(s, StringComparison.Ordinal));
        }

        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 40 << 20);
    }

    [Theory]
    [InlineData(nameof(HostWay.Agent))]
    [InlineData(nameof(HostWay.SystemsManager))]
    public async Task ThatTakesTooLong_IsEndedOnTheHost(string way)
    {
        var failed = await Assert.ThrowsAsync<ActionFailedException>(
            () => RunAsync(way, new("slow.sh", () => "sleep 4712; say end"), 12));

        Assert.Equal(FailureKind.Unknown, failed.Kind);
        Assert.Contains("and was ended there", failed.Message, StringComparison.Ordinal);
        Assert.Equal("", await fixture.Host.RunAsync("pgrep -f '^sleep 4712' || true"));
    }

    [Fact]
    public async Task AnAgentWhoseConnectionEndsFirst_IsUnknown_WhateverItHasSaid()
    {
        _agent.LosesTheEnd = true;

        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => RunAsync(nameof(HostWay.Agent), Identity, 30));

        Assert.Equal(FailureKind.Unknown, failed.Kind);
        Assert.Contains("was lost sight of", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhereThereIsNoAgent_OrItMayNotBeEntered_NothingIsRun_AndItIsSaid()
    {
        _agent.Refusal = 403;
        var denied = await FailAsync();
        _agent.Refusal = 500;
        var broken = await FailAsync();
        _agent.Pod!.Status.Phase = "Pending";
        var pending = await FailAsync();
        _agent.Pod = null;
        var none = await FailAsync();

        Assert.StartsWith("Nothing can be run in agent pod remediator-agent-x1 on node n1: ", denied.Message, StringComparison.Ordinal);
        Assert.Contains("'403'", denied.Message, StringComparison.Ordinal);
        Assert.All([denied, broken, pending, none], f => Assert.Equal(FailureKind.Transient, f.Kind));
        Assert.Equal("No agent runs on node n1 (a pod 'remediator-agent' in namespace agents).", none.Message);
        Assert.Equal(none.Message, pending.Message);
        Assert.Empty(_agent.Commands);

        Task<ActionFailedException> FailAsync() =>
            Assert.ThrowsAsync<ActionFailedException>(() => RunAsync(nameof(HostWay.Agent), Identity, 30));
    }

    [Fact]
    public async Task TheAgentEntersTheMachine_WithNothingOfItsImage()
    {
        Assert.Equal(
            File.ReadAllText($"{fixture.Host.Root}/etc/machine-id").Trim(),
            (await RunAsync(nameof(HostWay.Agent), Identity, 30)).One("machine_id"));
        Assert.Equal(
            "nsenter -t 1 -m -u -i -n -- /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin timeout -k 2",
            string.Join(' ', Assert.Single(_agent.Commands).SkipLast(3)));
    }

    [Theory]
    [InlineData("3.3.2745.9", FailureKind.Permanent, "is 3.3.2745.9; it is not used before 3.3.2746.0")]
    [InlineData("3.1.0.0", FailureKind.Permanent, "is 3.1.0.0; it is not used before")]
    [InlineData("new", FailureKind.Permanent, "is new; it is not used before")]
    [InlineData("", FailureKind.Permanent, "it is not used before")]
    public async Task AnAgentOfSystemsManagerThatIsTooOld_IsSentNothing(string version, FailureKind kind, string says)
    {
        _manager.AgentVersion = version;

        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => RunAsync(nameof(HostWay.SystemsManager), Identity, 30));

        Assert.Equal(kind, failed.Kind);
        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
        Assert.Empty(_manager.Sent);
    }

    [Fact]
    public async Task ADocumentThatSomebodyHasChanged_IsNotRun()
    {
        _manager.Document = SystemsManagerDocument.Content.Replace("set -u", "set -u; touch /run/changed", StringComparison.Ordinal);

        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => RunAsync(nameof(HostWay.SystemsManager), Identity, 30));

        Assert.Contains("InvalidDocument", failed.Message, StringComparison.Ordinal);
        Assert.Equal("", await fixture.Host.RunAsync("ls /run/changed 2>/dev/null || true"));
    }

    /// <summary>Whoever may send commands by the document, may run nothing of their own by it.</summary>
    [Fact]
    public async Task TheDocument_RunsNoOtherScript()
    {
        var failed = await Assert.ThrowsAsync<ActionFailedException>(
            () => RunAsync(nameof(HostWay.SystemsManager), new("mine.sh", () => "touch /run/mine; say end"), 30, asShipped: true));

        Assert.Contains("this is no script of this version", failed.Message, StringComparison.Ordinal);
        Assert.Equal("", await fixture.Host.RunAsync("ls /run/mine 2>/dev/null || true"));
    }

    [Fact]
    public async Task TheAgentsWordsForADiskThatIsFull_AreSaidAsThat_AndNothingWasRun()
    {
        _manager.Invocation = SystemsManagerEndpoint.Ended(
            "Failed", -1, "", "Plugin with name aws:runShellScript not found. Step name: run");

        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => RunAsync(nameof(HostWay.SystemsManager), Identity, 30));

        Assert.Equal(FailureKind.Transient, failed.Kind);
        Assert.StartsWith(
            "The agent of Systems Manager on host db-1 cannot start anything, as when its disk is full or read-only", failed.Message,
            StringComparison.Ordinal);
    }

    public static TheoryData<string, int, string, FailureKind> Invocations { get; } = new()
    {
        { "Success", 0, "", FailureKind.Unknown },
        { "Success", 0, "not packed", FailureKind.Unknown },
        { "Success", 0, Packed("say", 0)[..20], FailureKind.Unknown },
        { "Success", 0, Packed(new('x', 8 << 20), 0), FailureKind.Unknown },
        { "Success", 0, Packed("boot_id\tb\n", 0), FailureKind.Unknown },
        { "Failed", 1, "\u0000\u0001 password=hunter2hunter2", FailureKind.Unknown },
        { "Cancelled", -1, "", FailureKind.Unknown },
        { "TimedOut", -1, "", FailureKind.Unknown },
        { "Failed", 70, "", FailureKind.Transient },
        { "Failed", 75, "", FailureKind.Transient },
        { "Undeliverable", -1, "", FailureKind.Transient },
        { "Delivery Timed Out", -1, "", FailureKind.Transient },
    };

    [Theory]
    [MemberData(nameof(Invocations))]
    public async Task WhateverSystemsManagerTells_IsReadOrRefused_AndBounded(string status, int code, string output, FailureKind kind)
    {
        var told = SystemsManagerEndpoint.Ended(
            status is "Undeliverable" or "Delivery Timed Out" ? "TimedOut" : status, code, output, output);
        told["StatusDetails"] = status;
        _manager.Invocation = told;
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => RunAsync(nameof(HostWay.SystemsManager), Identity, 30));

        Assert.Equal(kind, failed.Kind);
        Assert.InRange(failed.Message.Length, 1, 1500);
        Assert.DoesNotContain("hunter2hunter2", failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\0', failed.Message);
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 40 << 20);
    }

    /// <summary>
    /// Bytes and inodes are used up, /tmp is read-only, and the user's key is not the host's any more; Systems Manager can begin nothing.
    /// </summary>
    [Fact]
    public async Task RootFull_TmpReadOnly_AndTheLoginDead_IsRepairedByTheAgent()
    {
        await using var host = await TestHost.StartAsync(900, inodes: 40000);
        await using var agent = await AgentEndpoint.StartAsync(host);
        await using var manager = await SystemsManagerEndpoint.StartAsync(host);
        var folder = Directory.CreateTempSubdirectory("key-").FullName;
        using (var made = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", $"{folder}/key"]))
            await made.WaitForExitAsync(Token);
        var entry = HostFixture.Entry(host) with
        {
            KeyFile = $"{folder}/key", Node = "n1", Agent = "agents", Instance = SystemsManagerEndpoint.Instance, Temp = ["/srv/spool"],
            KeepsTemp = TimeSpan.FromSeconds(2),
        };
        await FreeSpaceTests.InstallAsync(host, entry);
        await host.RunAsync("""
            cat >/run/use-up.py <<'P'
            import os
            os.makedirs("/srv/spool"); os.makedirs("/srv/mail")
            with open("/srv/spool/upload", "wb") as f:
                f.write(bytes(60 << 20))
            try:
                for i in range(1000000):
                    os.mknod("/srv/%s/%d" % ("spool" if i < 4000 else "mail", i))
            except OSError as e:
                pass
            P
            python3 /run/use-up.py
            mount -t tmpfs -o ro tmpfs /tmp
            sleep 3
            head -c 2G /dev/zero >>/srv/mail/4000 2>/dev/null || true; sync
            ! touch /srv/one-more 2>/dev/null && ! touch /tmp/one-more 2>/dev/null
            """);
        var machines = new Machines(HostFixture.ShellBy([Agent(agent), Manager(manager)], entry));

        var seen = (await new DiskLook(machines).LookAsync(HostFixture.Request(new DiskInput()), Token)).Single();
        Assert.Equal(("ok", "false"), (seen["space_helper"], seen["makes_files"]));
        Assert.Equal("0", seen["available_bytes"]);
        Assert.StartsWith(
            "the agent, since Host db-1 does not let user root in with the key in ", seen["reached_by"], StringComparison.Ordinal);

        var act = new FreeSpaceAction(machines, SpaceWay.All.Single(w => w.Kind == "temp"));
        var request = HostFixture.Request(new FreeSpaceInput(), id: Guid.NewGuid().ToString());
        var plan = (await act.PlanAsync(request, Token)).Plan!;
        var outcome = await act.ApplyAsync(request, plan, Token);

        Assert.All(GainSeen.Compare(plan.Gains, outcome.Gains), g => Assert.True(g.IsAsExpected(), $"{g.Describe()}: {outcome.Message}"));
        Assert.Contains("reached by the agent, since Host db-1 does not let user root in", outcome.Message, StringComparison.Ordinal);
        var check = await new SpaceFreeAction(machines).CheckAsync(HostFixture.Request(new SpaceFreeInput { UsedBelow = 99 }), Token);
        Assert.True(check.Good, check.Observed);
        await host.RunAsync("touch /srv/one-more");
        Assert.Empty(manager.Sent);
    }

    /// <summary>The last way for a disk is none for one that is full: it is journalled as that.</summary>
    [Fact]
    public async Task OnAFullDisk_SystemsManagerCanBeginNothing_AndOnOneThatIsNot_ItVacuumsTheJournal()
    {
        await using var host = await TestHost.StartAsync(900);
        await using var manager = await SystemsManagerEndpoint.StartAsync(host);
        var entry = HostFixture.Entry(host) with { HostKeys = [], Instance = SystemsManagerEndpoint.Instance };
        var machines = new Machines(HostFixture.ShellBy([Manager(manager)], entry));
        await host.FillAsync();

        var full = await Assert.ThrowsAsync<ActionFailedException>(
            () => new DiskLook(machines).LookAsync(HostFixture.Request(new DiskInput()), Token));
        await host.RunAsync("rm /var/lib/filler; sync");
        var act = new VacuumJournalAction(machines);
        var request = HostFixture.Request(new VacuumJournalInput());
        var planned = await act.PlanAsync(request, Token);
        var plan = planned.Plan ?? throw new InvalidOperationException(planned.Refusal);
        var outcome = await act.ApplyAsync(request, plan, Token);

        Assert.Contains("cannot start anything, as when its disk is full or read-only", full.Message, StringComparison.Ordinal);
        Assert.True(GainSeen.Compare(plan.Gains, outcome.Gains).Single().IsAsExpected(), outcome.Message);
        Assert.Equal(ProbeAnswer.Happened, (await act.ProbeAsync(request, plan, Token)).Answer);
    }

    private static string Packed(string text, int status)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes($"{text}\nstatus {status}"));
        return Convert.ToBase64String(packed.ToArray());
    }

    private static AgentWay Agent(AgentEndpoint agent) => new(() => agent.Client, TimeProvider.System);

    private static SystemsManagerWay Manager(SystemsManagerEndpoint manager) => new(new(
        Options.Create(new AwsOptions { Region = AwsEndpoint.Region, SystemsManagerEndpoint = manager.Url }), TimeProvider.System)
        {
            Timeout = TimeSpan.FromMinutes(1), Chain = new Fixed(),
        });

    private Task<HostAnswer> RunAsync(string way, HostScript script, int seconds, params string[] arguments) =>
        RunAsync(way, script, seconds, asShipped: false, arguments);

    /// <param name="asShipped">The document knows only the scripts that ship; else it knows this one too.</param>
    private Task<HostAnswer> RunAsync(string way, HostScript script, int seconds, bool asShipped, params string[] arguments)
    {
        var entry = HostFixture.Entry(fixture.Host) with
        {
            HostKeys = [], Node = "n1", Agent = way == nameof(HostWay.Agent) ? "agents" : "",
            Instance = way == nameof(HostWay.Agent) ? "" : SystemsManagerEndpoint.Instance,
        };
        _manager.AlsoKnows = asShipped ? null : SystemsManagerDocument.Digest(script.Body);
        return HostFixture.ShellBy([Agent(_agent), Manager(_manager)], entry).RunAsync(
            entry, script, arguments, TimeProvider.System.GetUtcNow().AddSeconds(seconds), Token);
    }

    private sealed class Fixed : IIdentityResolver<AWSCredentials>
    {
        private static readonly BasicAWSCredentials Found = new(AwsEndpoint.AccessKey, AwsEndpoint.Secret);

        public AWSCredentials ResolveIdentity(IClientConfig clientConfig) => Found;

        public Task<AWSCredentials> ResolveIdentityAsync(IClientConfig clientConfig, CancellationToken cancellationToken = default) =>
            Task.FromResult<AWSCredentials>(Found);

        BaseIdentity IIdentityResolver.ResolveIdentity(IClientConfig clientConfig) => Found;

        Task<BaseIdentity> IIdentityResolver.ResolveIdentityAsync(IClientConfig clientConfig, CancellationToken cancellationToken) =>
            Task.FromResult<BaseIdentity>(Found);
    }
}

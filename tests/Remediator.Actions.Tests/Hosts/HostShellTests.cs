using System.Diagnostics;
using Remediator.Actions.Hosts.Reach;
using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Testing;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>Scripts on a real host over its own sshd, and all that a host can do instead of answering.</summary>
[Trait("Needs", "Hosts")]
public sealed class HostShellTests(HostFixture fixture) : IClassFixture<HostFixture>
{
    private static readonly HostScript Echo = new("echo.sh", () =>
        "for word; do printf 'word\\t%s\\n' \"$(printf %s \"$word\" | od -An -v -tx1 | tr -d ' \\n')\"; done\nsay end");

    public static IReadOnlyList<string> HostileTexts { get; } =
    [
        "", " ", "-rf", "--", "a b", "it's", "\"", "$(touch /tmp/struck)", "`touch /tmp/struck`", "\n; touch /tmp/struck\n",
        "'; touch /tmp/struck; '",
        "\\", "\\'", "*", "~root", "${HOME}", "a\tb", "\u00e4\u4e2d\U0001F600", "!!", "EOF", "}", "\r\n", "&& false", "#", "\u001b[2J",
    ];

    public static TheoryData<string> Hostile { get; } = [.. HostileTexts];

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task WhateverAnArgumentHolds_IsData(string text)
    {
        var answer = await RunAsync(Echo, 20, text, "last");

        Assert.Equal(
            [Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(text)), Convert.ToHexStringLower("last"u8)],
            answer.Of("word").Select(w => w[0]));
        Assert.Equal("", await fixture.Host.RunAsync("ls -d /tmp/struck 2>/dev/null || true"));
    }

    [Fact]
    public async Task AHostOfAnotherKey_IsSentNothing()
    {
        var key = "AAAAC3NzaC1lZDI1NTE5AAAAIKQL5NaUFXY82kpHDM+yI/Gqwo3Zie1FaZGEDfNPLpTP";
        var entry = HostFixture.Entry(fixture.Host) with { HostKeys = [new("ssh-ed25519", key)] };
        var touch = new HostScript("touch.sh", () => "touch /run/was-here; say end");

        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => RunAsync(touch, 20, entry));

        Assert.Equal(FailureKind.Permanent, failed.Kind);
        Assert.Contains("Host db-1 shows a key that is not pinned (ssh-ed25519 SHA256:", failed.Message, StringComparison.Ordinal);
        Assert.Equal("", await fixture.Host.RunAsync("ls /run/was-here 2>/dev/null || true"));
    }

    [Fact]
    public async Task AKeyThatTheHostDoesNotKnow_IsRefused_AndSoIsAHostThatIsNotThere()
    {
        var folder = Directory.CreateTempSubdirectory("key-").FullName;
        using (var made = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", $"{folder}/key"]))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        var entry = HostFixture.Entry(fixture.Host);

        var refused = await Assert.ThrowsAsync<ActionFailedException>(() => RunAsync(Echo, 20, entry with { KeyFile = $"{folder}/key" }));
        var away = await Assert.ThrowsAsync<ActionFailedException>(() => RunAsync(Echo, 20, entry with { Port = 9 }));

        Assert.Equal(
            (FailureKind.Permanent, $"Host db-1 does not let user root in with the key in {folder}/key."), (refused.Kind, refused.Message));
        Assert.Equal(FailureKind.Transient, away.Kind);
        Assert.StartsWith($"Host db-1 cannot be logged in to at {entry.Address}:9: ", away.Message, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task WhatSudoDoesNotAllow_IsNotRun_AndSaysWhatHasToBeAllowed()
    {
        var script = new HostScript("root.sh", () => "as_root touch /run/by-root || exit 1\nsay end");

        var refused = await Assert.ThrowsAsync<ActionFailedException>(() => RunAsync(script, 20, HostFixture.Entry(fixture.Host, "ops")));
        await RunAsync(script, 20, HostFixture.Entry(fixture.Host));

        Assert.Equal(FailureKind.Permanent, refused.Kind);
        Assert.Contains("does not let user ops run 'touch /run/by-root'", refused.Message, StringComparison.Ordinal);
        await fixture.Host.RunAsync("rm /run/by-root");
    }

    public static IReadOnlyList<(string Script, string? Says)> WhatHostsSay { get; } =
    [
        ("yes \"$(head -c 1000 /dev/zero | tr '\\0' x)\"", "answered with more than 1 MiB"),
        ("head -c 20000000 /dev/zero >&2; say end", null),
        ("head -c 3000 /dev/urandom; say end", "gave only half an answer"),
        ("say space 1; printf 'en'", "gave only half an answer"),
        ("true", "gave only half an answer"),
        ("echo password=hunter2 >&2; exit 3", "ended with code 3: password=***"),
        ("kill -9 $$", "was ended there|ended with no exit code|ended with code 137"),
    ];

    public static TheoryData<string, string?> Answers { get; } = [.. WhatHostsSay];

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task WhatIsNoWholeAnswer_IsAFailure_AndBounded(string script, string? says)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var run = RunAsync(new("any.sh", () => script), 20);
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

    [Fact]
    public async Task ThatTakesTooLong_IsEndedOnTheHost()
    {
        var failed = await Assert.ThrowsAsync<ActionFailedException>(
            () => RunAsync(new("slow.sh", () => "sleep 4711; say end"), 12));

        Assert.Equal(FailureKind.Unknown, failed.Kind);
        Assert.Contains("and was ended there", failed.Message, StringComparison.Ordinal);
        Assert.Equal("", await fixture.Host.RunAsync("pgrep -f '^sleep 4711' || true"));
    }

    [Fact]
    public async Task AHostThatDiesMeanwhile_IsUnknown()
    {
        await using var host = await TestHost.StartAsync();
        var begun = new HostScript("dies.sh", () => "touch /run/begun; sleep 600; say end");
        using var within = new CancellationTokenSource();

        var run = HostFixture.Shell(HostFixture.Entry(host)).RunAsync(
            HostFixture.Entry(host), begun, [], TimeProvider.System.GetUtcNow().AddSeconds(600), within.Token);
        await Wait.UntilAsync(
            "the script on the host",
            async () => (await host.RunAsync("ls /run/begun 2>/dev/null || true")).Length > 0, CancellationToken.None);
        await host.CutOffAsync();
        within.CancelAfter(TimeSpan.FromSeconds(5));

        Assert.Equal(FailureKind.Unknown, (await Assert.ThrowsAsync<ActionFailedException>(() => run)).Kind);
    }

    [Fact]
    public async Task AHostBehindAnother_IsReachedThroughIt_AndBothAreProven()
    {
        await using var inner = await TestHost.StartAsync();
        var (bastion, db) = (
            HostFixture.Entry(fixture.Host) with { Name = "bastion" }, HostFixture.Entry(inner) with { Through = "bastion" });
        // nothing but the bastion gets through to its sshd
        await inner.RunAsync($"printf 'Match Address *,!{fixture.Host.Address}\\n PubkeyAuthentication no\\n' "
            + ">>/etc/ssh/sshd_config.d/tests.conf; systemctl reload ssh");

        var answer = await HostFixture.Shell(bastion, db).RunAsync(
            db, new("id.sh", () => "identity; say end"), [], TimeProvider.System.GetUtcNow().AddSeconds(20),
            TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ActionFailedException>(() => RunAsync(Echo, 20, db with { Through = null }));
        var wrong = await Assert.ThrowsAsync<ActionFailedException>(() => HostFixture.Shell(bastion, db).RunAsync(
            db with { HostKeys = bastion.HostKeys }, Echo, [], TimeProvider.System.GetUtcNow().AddSeconds(20),
            TestContext.Current.CancellationToken));

        Assert.Equal(File.ReadAllText($"{inner.Root}/etc/machine-id").Trim(), answer.One("machine_id"));
        Assert.Contains("not pinned", wrong.Message, StringComparison.Ordinal);
    }

    private Task<HostAnswer> RunAsync(HostScript script, int seconds, params string[] arguments) =>
        RunAsync(script, seconds, HostFixture.Entry(fixture.Host), arguments);

    private static Task<HostAnswer> RunAsync(HostScript script, int seconds, ManagedHost host, params string[] arguments) =>
        HostFixture.Shell(host).RunAsync(
            host, script, arguments, TimeProvider.System.GetUtcNow().AddSeconds(seconds), TestContext.Current.CancellationToken);
}

using Remediator.Actions.Hosts.Reach;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>Which way is taken, and when another one may be tried.</summary>
public sealed class HostWaysTests
{
    private static readonly HostScript Script = new("any.sh", () => "say end", HostTrouble.Disk);

    private static readonly ManagedHost Host = new()
    {
        Name = "db-1", Address = "10.0.0.4", User = "root", KeyFile = "/key", HostKeys = [new("ssh-ed25519", "AAAA")], Node = "n1",
        Agent = "agents", Instance = "i-1",
    };

    public static TheoryData<string, bool, bool, bool, string> Orders { get; } = new()
    {
        { "Disk", true, true, true, "Ssh Agent SystemsManager" },
        { "Descriptors", true, true, true, "Ssh Agent SystemsManager" },
        { "Service", true, true, true, "Ssh SystemsManager Agent" },
        { "Disk", false, true, true, "Agent SystemsManager" },
        { "Service", false, true, true, "SystemsManager Agent" },
        { "Disk", true, false, true, "Ssh SystemsManager" },
        { "Service", false, true, false, "Agent" },
        { "Disk", false, false, true, "SystemsManager" },
        { "Disk", false, false, false, "" },
    };

    [Theory]
    [MemberData(nameof(Orders))]
    public void Ways_AreThoseOfTheEntry_InTheOrderOfWhatStillAnswers(string trouble, bool ssh, bool agent, bool instance, string ways) =>
        Assert.Equal(
            ways,
            string.Join(' ', HostWays.Of(
                Host with { HostKeys = ssh ? Host.HostKeys : [], Agent = agent ? "agents" : "", Instance = instance ? "i-1" : "" },
                Enum.Parse<HostTrouble>(trouble))));

    [Fact]
    public async Task OneThatCannotBeReached_IsPassedOver_AndSaid()
    {
        var ways = new[] { Fails(HostWay.Ssh, FailureKind.Permanent), Answers(HostWay.Agent), Answers(HostWay.SystemsManager) };

        var answer = await RunAsync(ways);

        Assert.Equal("the agent, since Ssh cannot be reached.", answer.Reached);
        Assert.Equal(" (reached by the agent, since Ssh cannot be reached)", answer.Over);
        Assert.Equal([1, 1, 0], ways.Select(w => w.Runs));
    }

    [Fact]
    public async Task WhereTheFirstAnswers_NothingIsSaid_AndNoOtherIsTried()
    {
        var ways = new[] { Answers(HostWay.Ssh), Answers(HostWay.Agent), Answers(HostWay.SystemsManager) };

        Assert.Equal("", (await RunAsync(ways)).Over);
        Assert.Equal([1, 0, 0], ways.Select(w => w.Runs));
    }

    public static TheoryData<string, string> Ends { get; } = new()
    {
        { "half", "gave only half an answer" }, { "much", "answered with more than 1 MiB" }, { "code", "ended with code 3" },
        { "sudo", "sudo on host db-1 does not let user root run 'x'" }, { "lost", "lost sight of" }, { "key", "a key that is not pinned" },
    };

    /// <summary>What may have been run is not run again, and what makes a host doubtful is for people.</summary>
    [Theory]
    [MemberData(nameof(Ends))]
    public async Task WhereItMayHaveRun_OrTheHostIsDoubtful_NoOtherIsTried(string how, string says)
    {
        var ways = new[]
        {
            new PlayedWay(HostWay.Ssh, () => how switch
            {
                "half" => new(0, "say", "", 9),
                "much" => new(0, null, "", 9),
                "code" => new(3, "end\n", "", 9),
                "sudo" => new(77, "refused\tx\n", "", 9),
                "lost" => throw HostShell.Unknown(Host, Script, "was lost sight of"),
                _ => throw new ActionFailedException(FailureKind.Permanent, "Host db-1 shows a key that is not pinned"),
            }),
            Answers(HostWay.Agent), Answers(HostWay.SystemsManager),
        };

        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => RunAsync(ways));

        Assert.Contains(says, failed.Message, StringComparison.Ordinal);
        Assert.Equal([1, 0, 0], ways.Select(w => w.Runs));
    }

    [Theory]
    [InlineData(FailureKind.Permanent, FailureKind.Permanent, FailureKind.Permanent)]
    [InlineData(FailureKind.Permanent, FailureKind.Transient, FailureKind.Transient)]
    public async Task WhereNoneAnswers_AllAreSaid_AndItIsTriedAgainWhereOneMayAnswer(
        FailureKind ssh, FailureKind agent, FailureKind all)
    {
        var failed = await Assert.ThrowsAsync<ActionFailedException>(
            () => RunAsync(Fails(HostWay.Ssh, ssh), Fails(HostWay.Agent, agent), Fails(HostWay.SystemsManager, FailureKind.Permanent)));

        Assert.Equal(
            (all, "Ssh cannot be reached. Agent cannot be reached. SystemsManager cannot be reached."), (failed.Kind, failed.Message));
    }

    private static PlayedWay Answers(HostWay way) => new(way, () => new(0, "end\n", "", 9));

    private static PlayedWay Fails(HostWay way, FailureKind kind) =>
        new(way, () => throw new UnreachedException(kind, $"{way} cannot be reached."));

    private static Task<HostAnswer> RunAsync(params PlayedWay[] ways) => new HostShell(() => [Host], [.. ways]).RunAsync(
        Host, Script, [], TimeProvider.System.GetUtcNow().AddMinutes(1), TestContext.Current.CancellationToken);

    private sealed class PlayedWay(HostWay way, Func<HostSaid> says) : IReachHost
    {
        public int Runs { get; private set; }

        public HostWay Way => way;

        public Task<HostSaid> RunAsync(
            ManagedHost host, HostScript script, IReadOnlyList<string> arguments, DateTimeOffset notAfter,
            CancellationToken cancellationToken)
        {
            Runs++;
            return Task.FromResult(says());
        }
    }
}

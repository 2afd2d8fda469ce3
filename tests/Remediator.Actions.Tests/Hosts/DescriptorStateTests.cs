using System.Globalization;
using System.Text.RegularExpressions;
using Remediator.Actions.Hosts.Descriptors;
using Remediator.Actions.Hosts.Reach;

namespace Remediator.Actions.Tests.Hosts;

public sealed partial class DescriptorStateTests
{
    private const string Init = "0::/init.scope";
    private const string Older = "1:name=systemd:/init.scope";
    private const string Inside = "1:name=systemd:/machine.slice/x.scope/payload/init.scope";

    [Theory]
    [InlineData("0::/system.slice/nginx.service", "nginx.service")]
    [InlineData("1:name=systemd:/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", Older)]
    [InlineData("1:name=systemd:/machine.slice/x.scope/payload/system.slice/leaky.service", "", Older)]
    [InlineData("1:name=systemd:/machine.slice/x.scope/payload/system.slice/leaky.service", "leaky.service", Inside)]
    [InlineData("1:name=systemd:/machine.slice/x.scope/payload/lxc/c1/system.slice/leaky.service", "", Inside)]
    [InlineData("1:name=systemd:/system.slice/nginx.service", "", Init)]
    [InlineData("0::/machine.slice/x.scope/payload/system.slice/nginx.service", "")]
    [InlineData("0::/system.slice/docker-0123.scope/system.slice/nginx.service", "")]
    [InlineData("0::/lxc.payload.c1/system.slice/nginx.service", "")]
    [InlineData("0::/docker/0123/system.slice/nginx.service", "")]
    [InlineData("0::/system.slice/nginx.service", "", "0::/")]
    [InlineData("5:memory:/system.slice/nginx.service", "")]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.service", "")]
    [InlineData("0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-1.scope", "")]
    [InlineData("0::/system.slice/docker-0123.scope", "")]
    [InlineData("0::/system.slice/containerd.service/kubepods-pod1/0123", "")]
    [InlineData("0::/", "")]
    public void AProcess_IsOfTheServiceThatItsGroupEndsWith_WhereThatIsOfTheHostsOwnSystemd(
        string group, string unit, string init = Init) => Assert.Equal(unit, DescriptorState.UnitIn([group], ["5:memory:/", init]));

    [Theory]
    [InlineData("out\t0100007F:1538\t08", "3 CLOSE_WAIT to 127.0.0.1:5432")]
    [InlineData("in\t0050 0400000A\t01", "3 ESTABLISHED from 10.0.0.4 at port 80")]
    [InlineData("in\t0050 0000000000000000FFFF00000400000A\t01", "3 ESTABLISHED from 10.0.0.4 at port 80")]
    [InlineData("file\t/var/log/a b\t", "3 /var/log/a b")]
    [InlineData("anon\t[eventpoll]\t", "3 [eventpoll]")]
    [InlineData("unbound\t\t", "3 sockets of another family or without an address")]
    [InlineData("accepted\t/run/api.sock\t", "3 clients of UNIX socket /run/api.sock")]
    [InlineData("new\twhatever\tzz", "3 new whatever")]
    public void ARow_IsReadable(string row, string text) => Assert.Equal(text, OpenRow.Read($"3\t{row}".Split('\t')).Describe());

    [Theory]
    [InlineData("70 out08,20 unix", null, "leak")]
    [InlineData("30 deleted,20 out08,40 unix", null, "leak")]
    [InlineData("50 in01,50 out08", 50, "leak")]
    [InlineData("70 in01,20 unix", 50, "load")]
    [InlineData("70 accepted,20 unix", 50, "load")]
    [InlineData("50 deleted,50 in01", null, "load")]
    // one file that is open many times, and handles of a pool
    [InlineData("90 file,30 unix", null, "leak")]
    [InlineData("10 file,10 file,10 file,10 file,10 file,10 unix", null, "unclear")]
    [InlineData("90 file:/dev/null,30 unix", null, "unclear")]
    [InlineData("60 file,40 in01", null, "unclear")]
    // netlink, packets, other network namespaces
    [InlineData("70 unbound,20 unix", null, "unclear")]
    [InlineData("70 unbound,20 unix", 50, "unclear")]
    [InlineData("60 deleted,40 unbound", null, "unclear")]
    [InlineData("90 udp", 50, "unclear")]
    // clients that gave up, of a server that is overloaded, and of one that has forgotten them
    [InlineData("60 in08,20 in01,20 unix", null, "unclear")]
    [InlineData("80 in08,4 in01,16 unix", null, "leak")]
    // growth
    [InlineData("90 pipe", null, "unclear")]
    [InlineData("90 pipe", 0, "unclear")]
    [InlineData("90 pipe", 1, "unclear")]
    [InlineData("90 pipe", 12, "leak")]
    [InlineData("60 pipe,30 in01", 12, "unclear")]
    [InlineData("40 file,40 file,20 pipe", 12, "unclear")]
    public void LeakAndLoad_AreToldApartByWhatIsOpen(string kinds, int? growth, string trouble) => Assert.Equal(
        trouble, Read("100", "0", kinds).Trouble(growth is { } more ? new(more, TimeSpan.FromMinutes(1)) : null, 1));

    [Theory]
    [InlineData(59, 1, "unclear")]
    [InlineData(60, 1, "leak")]
    [InlineData(6, 0.1, "leak")]
    public void AGrowthOfLessThanAMinute_MayBeABurst(int seconds, double scale, string trouble) =>
        Assert.Equal(trouble, Read("100", "0", "90 pipe").Trouble(new(50, TimeSpan.FromSeconds(seconds)), scale));

    [Fact]
    public void ProcessesOfOneRunOfAService_AreTheSame_AndOthersAreNot()
    {
        string Run(int pid, string invocation, string group) => Read(
            "0", "0", "9 file", $"process\t{pid}\t9\t20\t20\tweb", $"started\t{pid}", $"init\t{Init}", $"cgroup\t0::{group}",
            $"invocation\t{invocation}").Run;
        const string Web = "/system.slice/web.service";

        Assert.Equal(Run(7, "a", Web), Run(8, "a", Web));
        Assert.NotEqual(Run(7, "a", Web), Run(7, "b", Web));
        Assert.NotEqual(Run(7, "", Web), Run(8, "", Web));
        Assert.NotEqual(Run(7, "a", "/docker/1/web.service"), Run(8, "a", "/docker/1/web.service"));
    }

    /// <summary>Case 58: nine descriptors, and no inotify instance is left for its user.</summary>
    [Fact]
    public void WhereInotifyInstancesAreUsedUp_ThatIsWhatIsShort_AndNoRestartHelps()
    {
        var seen = Read("9223372036854775807", "0", "9 file", "process\t7\t9\t1024\t4096\tweb",
            "inotify\t0\t120\t4\tother", "inotify\t0\t8\t7\tweb");

        Assert.Equal(
            ("inotify", 100, "unclear"), (seen.Short, seen.UsedPercent, seen.Trouble(new(5000, TimeSpan.FromMinutes(1)), 1)));
    }

    [Fact]
    public void WhereSystemdHasLiftedTheLimitOfTheHost_ThereIsNone() => Assert.Null(Read("9223372036854775807", "0", "9 file").HostLimit);

    [Fact]
    public void OfTheUsersInotifyInstances_OnlyThoseOfTheProcessUserAreCounted() =>
        Assert.Equal(0, Read("100", "1000", "9 file", "inotify\t0\t120\t4\tother").Inotify);

    private static DescriptorState Read(string most, string user, string kinds, params string[] more)
    {
        var rows = kinds.Split(',').Select(k => Row().Match(k).Groups).ToList();
        var open = rows.Sum(r => int.Parse(r["count"].Value, CultureInfo.InvariantCulture));
        string[] lines =
        [
            "boot_id\tb", "machine_id\tm", "uptime\t100.5", $"host\t10\t{most}", .. more, $"process\t7\t{open}\t{open + 5}\t4096\tweb",
            $"user\t{user}", "inotify_limit\t128",
            .. rows.Select(r => $"kind\t{r["count"]}\t{r["kind"]}{r["state"]}"),
            .. rows.Select(r => $"open\t{r["count"]}\t{r["kind"]}\t{r["to"]}\t{r["state"]}"), "end",
        ];
        return DescriptorState.Read(HostAnswer.Parse(string.Join('\n', lines) + "\n")!, "db-1")!;
    }

    [GeneratedRegex(@"^(?<count>\d+) (?<kind>[a-z]+)(?<state>\d*):?(?<to>.*)$")]
    private static partial Regex Row();
}

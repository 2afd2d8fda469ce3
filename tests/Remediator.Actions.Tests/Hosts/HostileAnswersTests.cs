using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Remediator.Actions.Hosts.DescribeUnit;
using Remediator.Actions.Hosts.Descriptors;
using Remediator.Actions.Hosts.Disk;
using Remediator.Actions.Hosts.Grow;
using Remediator.Actions.Hosts.Images;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.Reboot;
using Remediator.Actions.Hosts.Space;
using Remediator.Actions.Hosts.Units;
using Remediator.Core.Actions;
using Remediator.Core.Policies;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>
/// Answers with the words of the scripts in any order, whole and in part, with whatever a host may put into them: they are read or refused,
/// never anything else, and what becomes a label or a sentence is short and masked.
/// </summary>
public sealed class HostileAnswersTests
{
    private const string Secret = "hunter2hunter2";
    private const int Tests = 400;

    private static readonly Gen<string> Field = Gen.Frequency(
        (6, Gen.Choose(0, 3000).Select(n => $"{n}")),
        (6, Gen.Elements(
            "", "-1", "9223372036854775807", "99999999999999999999", "NaN", "Infinity", "1e308", "-1e308", "1.5", "active", "loaded",
            "failed", "running", "exit-code", "process", "ext4", "ro,relatime", "in01", "out08", "file", "deleted", "in", "0050 0400000A",
            "0100007F:1538", "unlimited", "ok", "log", "temp", "open", "0::/system.slice/x.service", "0::/init.scope", "MainPID",
            "LoadState", "ActiveState", "SubState", "ExecMainStartTimestampMonotonic", "ExecMainExitTimestampMonotonic", "InvocationID",
            "Result",
            "ExecMainCode", "ExecMainStatus", "NRestarts", "/proc/7/fd/3", "a%zz%4", "%00%ff%41")),
        (1, Gen.Elements($"password={Secret}", $"/srv/x?token={Secret}", $"postgres://u:{Secret}@db/x")),
        (1, Gen.Elements(new string('x', 5000), "\u0000\u0001\u001b[31m", "\ud83d\ude00é", "a\rb", new string('9', 400))));

    private static readonly Gen<string> Word = Gen.Elements(
        "process", "host", "uptime", "started", "user", "cgroup", "init", "invocation", "inotify", "inotify_limit", "kind", "open",
        "growth", "boot_id", "machine_id", "property", "takes", "stops", "log", "mount", "space", "device", "journal", "deleted", "absent",
        "none", "unreadable", "system", "scheduled", "inhibited", "marked", "running", "helper", "conf", "refused", "done", "may", "all",
        "left", "deleted-open", "folder", "many", "file", "bounded", "busy", "makes", "watches", "cut", "new", "state", "exit", "pid",
        "grower", "grow-disk", "grow-filesystem", "grow-step", "grow-did", "grow-failed", "grow-refused", "grow-done",
        "imager", "images-all", "image", "container", "image-left", "images-refused", "images-done", "");

    /// <summary>What makes an answer one that is read to its end.</summary>
    private static readonly Gen<string> Whole = Gen.Elements(
        "boot_id\tb", "machine_id\tm", "boot_id\tb\nmachine_id\tm", "process\t7\t9\t20\t40\tweb",
        "process\t7\t99999999999999\t20\tunlimited\tweb",
        "property\tLoadState\tloaded\nproperty\tActiveState\tfailed", "property\tActiveState\tactive\nproperty\tMainPID\t7",
        "helper\tok\ndone", "imager\tok\nimages-all\t1\t99999999999999999999\t1\t7\nimages-done",
        "grower\tok\ngrow-disk\tx\t1\tvol1\tAmazon Elastic Block Store\ti-1\ngrow-done",
        "mount\text4\t/dev/x\trw\nspace\t4096\t1000\t10\t5\t100\t50",
        "mount\text4\t/dev/x\trw\nspace\t9223372036854775807\t99\t10\t5\t1\t1");

    private static readonly Gen<string> Line = Gen.Frequency(
        (3, from word in Word from count in Gen.Choose(0, 6) from fields in Field.ArrayOf(count)
            select string.Join('\t', [word, .. fields])),
        (2, Whole));

    private static readonly Arbitrary<string> Answer = (
        from count in Gen.Choose(0, 40) from lines in Line.ArrayOf(count)
        from end in Gen.Frequency((9, Gen.Constant("end\n")), (1, Gen.Elements("", "en", "end", "end\nx")))
        select string.Concat(lines.Select(l => $"{l}\n")) + end).ToArbitrary();

    private static readonly ManagedHost Host = new()
    {
        Name = "db-1", Address = "10.0.0.4", User = "root", KeyFile = "/key", HostKeys = [], Logs = ["/var/log/*.log"],
    };

    [Property(MaxTest = Tests)]
    public Property Descriptors_AreReadOrRefused() => Holds(answer => DescriptorState.Read(answer, "db-1") is { } seen
        ? [
            .. DescriptorText.Labels(seen, DescriptorGrowth.Between(null, seen), 1, "db-1").Values, seen.Unit,
            DescriptorText.Reason(seen, $"process {seen.Name}"), DescriptorText.Whole(seen, "no unit")]
        : []);

    [Property(MaxTest = Tests)]
    public Property Growth_IsReadOrRefused() => Prop.ForAll(Answer, Answer, (first, second) => Check(() =>
    {
        if (Read(first) is not { } before || Read(second) is not { } now)
            return [];
        var labels = DescriptorText.Labels(before, null, 1, "db-1");
        (labels["pid"], labels["started"], labels["boot_id"]) = ($"{now.Pid}", now.Started, now.Identity["boot_id"]);
        var growth = DescriptorGrowth.Between(new("descriptors", labels, default), now);
        return [.. DescriptorText.Labels(now, growth, 1, "db-1").Values];
    }));

    [Property(MaxTest = Tests)]
    public Property Units_AreReadOrRefused() => Holds(answer =>
    {
        var unit = UnitState.Read(answer, "db-1", "x.service");
        var doubt = RestartDoubt.Of(unit, 1);
        return [unit.Describe(), doubt ?? "", RestartDoubt.Trouble(unit, 1), DescribeUnitAction.Text(unit, doubt), .. unit.Identity.Values];
    });

    [Property(MaxTest = Tests)]
    public Property Disks_AreReadOrRefused() => Holds(answer =>
    {
        var (disk, space) = (DiskState.Read(answer, "db-1", "/"), SpaceState.Read(answer, Host));
        var (grow, images) = (GrowState.Read(answer), ImagesState.Read(answer));
        return [
            .. DiskLook.Labels(disk, space, grow, images, Host, "/", null).Values, space.Doubt(Host) ?? "", grow.Doubt(Host, "/") ?? "",
            images.Doubt(Host) ?? "", .. images.Images.SelectMany(i => (string[])[i.Name, i.Plan]), .. images.Left.Select(l => l.Why),
            grow.Failed, .. grow.Done, .. grow.Steps.Select(s => s.What)];
    });

    [Property(MaxTest = Tests)]
    public Property Machines_AreReadOrRefused() => Holds(answer =>
    {
        var machine = MachineState.Read(answer);
        return [machine.System, .. machine.People, .. machine.Inhibitors, .. machine.Identity.Values];
    });

    private static DescriptorState? Read(string text)
    {
        try
        {
            return HostAnswer.Parse(text) is { } answer ? DescriptorState.Read(answer, "db-1") : null;
        }
        catch (ActionFailedException)
        {
            return null;
        }
    }

    private static Property Holds(Func<HostAnswer, IReadOnlyList<string>> read) =>
        Prop.ForAll(Answer, text => Check(() => HostAnswer.Parse(text) is { } answer ? read(answer) : []));

    private static void Check(Func<IReadOnlyList<string>> read)
    {
        try
        {
            foreach (var said in read())
            {
                Assert.InRange(said.Length, 0, said.Contains('\n', StringComparison.Ordinal) ? 10_000 : 2000);
                Assert.DoesNotContain(Secret, said, StringComparison.Ordinal);
                Assert.DoesNotContain('\0', said);
            }
        }
        catch (ActionFailedException e)
        {
            Assert.InRange(e.Message.Length, 1, 2000);
            Assert.DoesNotContain(Secret, e.Message, StringComparison.Ordinal);
        }
    }
}

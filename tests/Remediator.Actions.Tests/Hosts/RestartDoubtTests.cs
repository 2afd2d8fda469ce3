using Remediator.Actions.Hosts.DescribeUnit;
using Remediator.Actions.Hosts.Reach;
using Remediator.Actions.Hosts.RestartUnit;
using Remediator.Actions.Hosts.Units;
using Remediator.Core.Actions;

namespace Remediator.Actions.Tests.Hosts;

/// <summary>What a host for tests cannot be made to say.</summary>
public sealed class RestartDoubtTests
{
    [Theory]
    [InlineData("", "", null)]
    [InlineData("FreezerState=frozen", "", "frozen with 'systemctl freeze'")]
    [InlineData("SystemState=stopping", "", "the machine itself is stopping")]
    [InlineData("Job=1234", "", "systemd is at work on it already")]
    [InlineData("ActiveState=deactivating", "", "systemd is at work on it already")]
    [InlineData("LoadState=bad-setting", "", "knows no such unit there (bad-setting)")]
    [InlineData("", "process=D", "hangs in the kernel")]
    [InlineData("", "process=t", "a debugger holds")]
    [InlineData("", "takes=web.service", "restarts web.service too")]
    [InlineData("", "uptime=100", "it was started only 50 s ago")]
    [InlineData("", "stops=old.service", "stops old.service")]
    [InlineData("InvocationID=", "", "does not say which run of it this is")]
    [InlineData("ActiveState=failed Result=signal InvocationID=", "", "does not say which run of it this is")]
    [InlineData("ActiveState=failed Result=resources", "", "could not start it (resources)")]
    [InlineData("ActiveState=failed Result=exit-code MainPID=0 ExecMainStartTimestampMonotonic=0", "", "was not even started (exit-code)")]
    [InlineData("ActiveState=failed Result=start-limit-hit MainPID=0 ExecMainStartTimestampMonotonic=0", "", "was not even started")]
    [InlineData("ActiveState=failed Result=signal MainPID=0 ExecMainStartTimestampMonotonic=0", "", "was not even started (signal)")]
    [InlineData("ActiveState=failed Result=signal", "stops=old.service", "stops old.service")]
    [InlineData("ActiveState=failed Result=signal", "", null)]
    [InlineData("ActiveState=failed Result=signal", "takes=web.service", "restarts web.service too")]
    [InlineData("ActiveState=failed Result=exit-code ExecMainCode=1 MainPID=0 ExecMainExitTimestampMonotonic=51000000", "", "soon after")]
    [InlineData("ActiveState=failed Result=exit-code ExecMainCode=1 MainPID=0 ExecMainExitTimestampMonotonic=951000000", "", null)]
    [InlineData("ActiveState=maintenance", "", "it is maintenance")]
    public void AService_IsRestarted_OnlyWhereNothingSpeaksAgainstIt(string properties, string lines, string? doubt)
    {
        var found = RestartDoubt.Of(Unit(properties, lines), 1);

        if (doubt is null)
            Assert.Null(found);
        else
            Assert.Contains(doubt, found ?? "no doubt", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null, null)]
    [InlineData("", "a doubt", "unit api.service is active (running); it is not restarted: a doubt")]
    [InlineData("", null, "unit api.service is active (running)", "process=T")]
    [InlineData("ActiveState=failed SubState=failed", null, "unit api.service is failed (failed)")]
    public void OnlyAServiceThatIsNotWell_GivesAReason(string properties, string? doubt, string? reason, string lines = "") =>
        Assert.Equal(reason, DescribeUnitAction.Values(Unit(properties, lines), doubt, 1).GetValueOrDefault("unit_reason"));

    [Theory]
    [InlineData("", "", "")]
    [InlineData("NRestarts=3", "", "")]
    [InlineData("NRestarts=3", "uptime=100", "loop")]
    [InlineData("", "uptime=100", "")]
    [InlineData("NRestarts=3 ActiveState=activating SubState=start", "uptime=100", "loop")]
    [InlineData("ActiveState=activating SubState=auto-restart", "", "loop")]
    public void AServiceBetweenTwoEndsOfALoop_IsInTrouble(string properties, string lines, string trouble) =>
        Assert.Equal(trouble, RestartDoubt.Trouble(Unit(properties, lines), 1));

    [Theory]
    [InlineData("InvocationID=a", ProbeAnswer.DidNotHappen)]
    [InlineData("InvocationID=b", ProbeAnswer.Happened)]
    [InlineData("InvocationID=b ActiveState=failed", ProbeAnswer.Happened)]
    [InlineData("InvocationID=", ProbeAnswer.Unknown)]
    [InlineData("InvocationID=a ActiveState=inactive", ProbeAnswer.Unknown)]
    [InlineData("InvocationID=a ActiveState=failed", ProbeAnswer.Unknown)]
    [InlineData("InvocationID= ActiveState=inactive", ProbeAnswer.Unknown)]
    [InlineData("InvocationID=a ActiveState=failed", ProbeAnswer.DidNotHappen, "failed")]
    public void ARestart_HappenedIfAnotherRunHasBegun_AndIsInDoubtWhereTheServiceWasStoppedAndNotStarted(
        string properties, ProbeAnswer answer, string before = "active")
    {
        var plan = new ActionPlan
        {
            Summary = "restart", Changes = [], Preconditions = new Dictionary<string, string> { ["invocation_id"] = "a" },
            Parameters = new Dictionary<string, string> { ["unit"] = "api.service", ["active_state"] = before },
        };

        Assert.Equal(answer, RestartUnitAction.Fate(plan, Unit(properties, ""), isMarked: true).Answer);
    }

    private static UnitState Unit(string properties, string lines)
    {
        var said = new Dictionary<string, string>
        {
            ["SystemState"] = "running", ["LoadState"] = "loaded", ["ActiveState"] = "active", ["SubState"] = "running",
            ["Result"] = "success", ["MainPID"] = "7", ["FreezerState"] = "running", ["Job"] = "0",
            ["ExecMainStartTimestampMonotonic"] = "50000000", ["InvocationID"] = "a",
        };
        foreach (var property in properties.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')))
            said[property[0]] = property[1];
        var more = lines.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Replace('=', '\t')).Append("uptime\t5000");
        string[] answer = ["boot_id\tb", "machine_id\tm", .. more, .. said.Select(p => $"property\t{p.Key}\t{p.Value}"), "end"];

        return UnitState.Read(HostAnswer.Parse(string.Join('\n', answer) + "\n")!, "db-1", "api.service");
    }
}

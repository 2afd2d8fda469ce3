using Remediator.Core.Events;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Safety;

public sealed class PolicyTests
{
    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private readonly Bench _bench = new();

    [Theory]
    [InlineData("shop", Mode.Observe, Mode.Observe)]
    [InlineData("sh*", Mode.Approve, Mode.Approve)]
    [InlineData("bank", Mode.Observe, Mode.Auto)]
    [InlineData("shop", Mode.Auto, Mode.Auto)]
    public void Mode_OfThePolicy_LowersTheMode(string space, Mode ceiling, Mode expected)
    {
        _bench.Policy = new() { Modes = [new(Namespace(space), ceiling)] };
        _bench.Fire();
        Assert.Equal(expected, _bench.Only<RunStarted>().Mode);
    }

    [Fact]
    public void Mode_OfThePolicy_NeverRaisesTheMode()
    {
        _bench.Settings = new() { Mode = Mode.Observe };
        _bench.Policy = new() { Modes = [new(PolicyMatch.Everything, Mode.Auto)] };
        _bench.Fire();
        _bench.Planned();
        Assert.Equal("setting observe, policy auto for {}, playbook auto", _bench.Only<WouldAct>().Under);
    }

    [Fact]
    public void Mode_OfThePolicy_KeepsRulesFromTellingPeople()
    {
        _bench.Rules = alert => Bench.Says(Core.Rules.DecisionKind.Escalate, alert);
        _bench.Policy = new() { Modes = [new(Namespace("shop"), Mode.Observe)] };
        _bench.Fire();
        Assert.Equal("setting auto, policy observe for {namespace=\"shop\"}", _bench.Only<WouldEscalate>().Under);
        Assert.Empty(_bench.Happenings<Escalated>());
    }

    [Fact]
    public void Protected_OfThePolicy_IsNeverChanged()
    {
        _bench.Policy = new() { Protected = ["shop/*/a*"] };
        _bench.Fire();
        Assert.Equal("protected: deployment shop/api is protected by 'shop/*/a*' and is never changed", _bench.Only<Escalated>().Reason);
    }

    [Theory]
    [InlineData("0 2 * * SAT", "UTC", 180, "2026-11-21T01:59:59Z", null)]
    [InlineData("0 2 * * SAT", "UTC", 180, "2026-11-21T02:00:00Z", "2026-11-21T05:00:00Z")]
    [InlineData("0 2 * * SAT", "UTC", 180, "2026-11-21T04:59:59Z", "2026-11-21T05:00:00Z")]
    [InlineData("0 2 * * SAT", "UTC", 180, "2026-11-21T05:00:00Z", null)]
    [InlineData("0 2 * * SAT", "Asia/Shanghai", 60, "2026-11-20T18:30:00Z", "2026-11-20T19:00:00Z")]
    [InlineData("0 23 31 12 *", "UTC", 120, "2027-01-01T00:30:00Z", "2027-01-01T01:00:00Z")]
    [InlineData("*/30 * * * *", "UTC", 45, "2026-11-21T02:10:00Z", "2026-11-21T02:45:00Z")]
    [InlineData("*/30 * * * *", "UTC", 45, "2026-11-21T02:40:00Z", "2026-11-21T03:15:00Z")]
    [InlineData("*/30 * * * *", "UTC", 45, "2026-11-21T02:30:00Z", "2026-11-21T03:15:00Z")]
    [InlineData("30 2 28 3 *", "Europe/Berlin", 60, "2027-03-28T01:30:00Z", "2027-03-28T02:00:00Z")]
    [InlineData("0 0 30 2 *", "UTC", 60, "2026-11-21T02:10:00Z", null)]
    public void Maintenance_IsOpenFromItsBeginningForItsDuration(string cron, string zone, int minutes, string now, string? end)
    {
        var window = new MaintenanceWindow(
            cron,
            zone switch { "Asia/Shanghai" => Shanghai, "Europe/Berlin" => Berlin, _ => TimeZoneInfo.Utc },
            TimeSpan.FromMinutes(minutes),
            PolicyMatch.Everything,
            "x");
        Assert.Equal(end is null ? null : Time(end), window.EndAt(Time(now)));
    }

    /// <summary>
    /// kubernetes/kubernetes #125610: in cron(5) and in a CronJob a time with both days comes on either. 2026-11-25 is a Wednesday.
    /// </summary>
    [Theory]
    [InlineData("0 0 15 * WED", "2026-11-25T12:00:00Z", "2026-11-26T00:00:00Z")]
    [InlineData("0 0 15 * WED", "2026-11-15T12:00:00Z", "2026-11-16T00:00:00Z")]
    [InlineData("0 0 15 * WED", "2026-11-24T12:00:00Z", null)]
    [InlineData("0 0 1,15 * 3", "2026-11-25T12:00:00Z", "2026-11-26T00:00:00Z")]
    [InlineData("0 0 1-7 * SAT", "2026-11-28T12:00:00Z", "2026-11-29T00:00:00Z")]
    [InlineData("0  0 24 *\tWED", "2026-11-25T12:00:00Z", "2026-11-26T00:00:00Z")]
    [InlineData("0 0 24 * WED", "2026-11-24T12:00:00Z", "2026-11-25T00:00:00Z")]
    [InlineData("0 0 * * SAT#1", "2026-11-28T12:00:00Z", null)]
    [InlineData("0 0 ? * WED", "2026-11-25T12:00:00Z", "2026-11-26T00:00:00Z")]
    [InlineData("0 0 24 * ?", "2026-11-25T12:00:00Z", null)]
    public void C23_MaintenanceWithBothDays_IsOpenOnEither(string cron, string now, string? end) =>
        Assert.Equal(
            end is null ? null : Time(end),
            new MaintenanceWindow(cron, TimeZoneInfo.Utc, TimeSpan.FromHours(24), PolicyMatch.Everything, "x").EndAt(Time(now)));

    [Fact]
    public void Maintenance_AtNoTime_IsAFault() =>
        Assert.Throws<FormatException>(
            () => new MaintenanceWindow("60 2 * * SAT", TimeZoneInfo.Utc, TimeSpan.FromHours(1), PolicyMatch.Everything, "x"));

    private static PolicyMatch Namespace(string space) => new(new Dictionary<string, string> { ["namespace"] = space });

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}

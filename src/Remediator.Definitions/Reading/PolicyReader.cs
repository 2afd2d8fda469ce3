using System.Globalization;
using Remediator.Core.Language;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Reading;

/// <summary>Reads the policy, which is one file. A section is a key here, a line in <see cref="Read"/> and a line in its schema.</summary>
internal sealed class PolicyReader(FaultList faults)
{
    internal static readonly string[] Keys = [
        "limits", "protected", "modes", "maintenance", "storm", "slow_start", "repairs_in_a_row", "approvals", "pages", "hosts", "groups",
        "claims"];
    internal static readonly string[] LimitKeys = ["match", "each", "at_once", "per_hour"];
    internal static readonly string[] ModeKeys = ["match", "ceiling"];
    internal static readonly string[] MaintenanceKeys = ["match", "cron", "time_zone", "duration", "reason"];

    internal static readonly string[] ApprovalKeys = ["match", "people"];

    private const int MostPeople = 5;
    private const int Most = 10_000;

    private readonly PolicyMatchReader _matches = new(faults);
    private readonly StormReader _storms = new(faults);

    private PageReader Pages => new(faults, _matches);

    /// <returns>Null where there are faults.</returns>
    public Policy? Read(YamlNode root)
    {
        if (MapReader.Of(root, faults, "a policy", Keys) is not { } map) return null;
        var policy = new Policy
        {
            Limits = [.. Items(map, "limits", LimitKeys).Select(LimitOf)],
            Protected = [.. map.Scalars("protected").Select(ProtectedOf)],
            Modes = [.. Items(map, "modes", ModeKeys).Select(ModeOf)],
            Maintenance = [.. Items(map, "maintenance", MaintenanceKeys).Select(WindowOf).OfType<MaintenanceWindow>()],
            Storm = _storms.Read(map),
            SlowStart = new SlowStartReader(faults).Read(map),
            RepairsInARow = map.Number("repairs_in_a_row", 1, 100) ?? Policy.Default.RepairsInARow,
            Approvals = [.. Items(map, "approvals", ApprovalKeys).Select(ApprovalOf)],
            Pages = [.. Items(map, "pages", PageReader.Keys).Select(Pages.Read)],
            Hosts = new HostsReader(faults).Read(map),
            Groups = new GroupsReader(faults).Read(map),
            Claims = new ClaimsReader(faults, _matches).Read(map),
        };
        return faults.Count > 0 ? null : policy;
    }

    private IEnumerable<MapReader> Items(MapReader map, string key, string[] known) =>
        map.Items(key).Select(item => MapReader.Of(item, faults, $"an item of '{key}'", known)).OfType<MapReader>();

    private PolicyLimit LimitOf(MapReader item)
    {
        var match = _matches.Read(item);
        var (atOnce, percent) = AtOnce(item);
        if (!item.Has("at_once") && !item.Has("per_hour")) item.Fault("this limits nothing: set 'at_once', 'per_hour' or both");
        if (percent is not null && match.Labels.GetValueOrDefault("kind") is { } kind && !PolicyMatchReader.CanBeCounted(kind))
            faults.At(
                item.Find("at_once")!, $"resources of kind '{kind}' cannot be counted, so a percentage of them is undefined: set a number");
        return new() {
            Match = match,
            Each = [.. item.Scalars("each").Select(Label)],
            AtOnce = atOnce,
            Percent = percent,
            PerHour = item.Number("per_hour", 1, Most) };
    }

    private (int? AtOnce, int? Percent) AtOnce(MapReader item)
    {
        if (item.Scalar("at_once") is not { } scalar) return (null, null);
        var isPercent = scalar.Value.EndsWith('%');
        if (int.TryParse(
            scalar.Value.AsSpan(0, scalar.Value.Length - (isPercent ? 1 : 0)), NumberStyles.None, CultureInfo.InvariantCulture,
            out var number)
            && number >= 1
            && number <= (isPercent ? 100 : Most))
            return isPercent ? (null, number) : (number, null);
        faults.At(
            scalar,
            $"'at_once' is '{scalar.Value}'; expected a whole number such as 2, or a percentage such as 10% (to allow "
                + $"nothing, set a mode)");
        return (null, null);
    }

    private string Label(YamlScalar scalar)
    {
        if (!PolicyLabels.Names.Contains(scalar.Value))
            faults.At(
                scalar,
                $"there is no label '{scalar.Value}'{Suggestion.For(scalar.Value, PolicyLabels.Names)}; there are "
                    + $"{string.Join(", ", PolicyLabels.Names)}");
        return scalar.Value;
    }

    private string ProtectedOf(YamlScalar scalar)
    {
        if (scalar.Value.Split('/') is not [{ Length: > 0 }, { Length: > 0 }, { Length: > 0 }])
            faults.At(scalar, $"'{scalar.Value}' is not namespace/kind/name; write for example shop/deployment/db or data/*/*");
        return scalar.Value;
    }

    private PolicyMode ModeOf(MapReader item)
    {
        item.Require("ceiling");
        return new(
            _matches.Read(item),
            item.OneOf("ceiling", PlaybookReader.Modes) is { } mode ? Enum.Parse<Mode>(mode, ignoreCase: true) : Mode.Observe);
    }

    private PolicyApproval ApprovalOf(MapReader item)
    {
        item.Require("people");
        return new(_matches.Read(item), item.Number("people", 1, MostPeople) ?? 1);
    }

    private MaintenanceWindow? WindowOf(MapReader item)
    {
        var match = _matches.Read(item);
        var (cron, reason) = (item.RequireScalar("cron"), item.RequireScalar("reason"));
        var zone = item.RequireScalar("time_zone") is { } named ? Zone(named) : null;
        var duration = item.Require("duration") is null ? null : item.Time("duration");
        if (duration is { } time && (time < TimeSpan.FromMinutes(1) || time > TimeSpan.FromDays(14)))
            faults.At(item.Find("duration")!, $"'duration' is '{Duration.Format(time)}'; expected 1m to 14d");
        if (cron is null || reason is null || zone is null || duration is null) return null;
        try
        {
            return new(cron.Value, zone, duration.Value, match, reason.Value);
        }
        catch (FormatException e)
        {
            faults.At(
                cron,
                $"'{cron.Value}' is not a cron expression: {e.Message.TrimEnd('.')}; expected minute, hour, day of the "
                    + $"month, month, day of the week, such as \"0 2 * * SAT\"");
            return null;
        }
    }

    private TimeZoneInfo? Zone(YamlScalar named)
    {
        if (TimeZoneInfo.TryFindSystemTimeZoneById(named.Value, out var zone)) return zone;
        faults.At(
            named, $"there is no time zone '{named.Value}' on this machine; expected a name such as UTC, Asia/Shanghai or Europe/Berlin");
        return null;
    }
}

using System.Security.Cryptography;
using System.Text;
using Remediator.Core.Actions;
using Remediator.Core.Language;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Core.Rules;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Reading;

internal sealed record ReadPlaybook(Playbook Playbook, FaultList Faults, YamlScalar Name);

/// <summary>Reads one playbook, which is one file.</summary>
internal sealed class PlaybookReader(ActionRegistry actions, FaultList faults)
{
    internal static readonly string[] Keys = [
        "playbook", "resource", "problem", "mode", "limits", "evidence", "look", "waits", "ladder", "escalate"];
    internal static readonly string[] Severities = ["critical", "warning", "info"];
    internal static readonly string[] Modes = [.. Enum.GetNames<Mode>().Select(m => m.ToLowerInvariant())];

    public ReadPlaybook? Read(YamlNode root)
    {
        if (MapReader.Of(root, faults, "a playbook", Keys) is not { } map) return null;
        var before = faults.Count;
        var name = map.RequireScalar("playbook");
        RequireItems(map, "resource", "list the kinds of resources that it may repair");
        RequireItems(map, "problem", "say what must be broken before anything is changed");
        var kinds = KindsOf(map);
        var mode = ModeOf(map);
        var waits = new WaitsReader(faults).Read(map);
        var steps = new StepReader(actions, faults, kinds, map.Has("waits"));
        IReadOnlyList<LookStep> looks = [.. map.Items("look").Select(steps.Look).OfType<LookStep>()];
        var playbook = new Playbook
        {
            Name = name?.Value ?? "",
            ResourceKinds = kinds,
            Problem = map.Conditions("problem", ConditionPlace.Problem),
            Mode = mode,
            Limits = LimitsOf(map),
            Evidence = [.. map.Items("evidence").Select(steps.Evidence).OfType<EvidenceStep>()],
            Looks = looks,
            Waits = waits,
            Ladder = map.Require("ladder") is null ? [] : steps.Ladder(map.Items("ladder"), mode),
            Escalate = EscalateOf(map),
            Revision = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(faults.File.Text)))[..12],
            Source = faults.File.Text,
            Place = faults.File.PlaceOf(root),
        };
        return name is null || faults.Count > before ? null : new(playbook, faults, name);
    }

    private IReadOnlyList<string> KindsOf(MapReader map)
    {
        foreach (var kind in map.Scalars("resource").Where(k => !ResourceKinds.Repairable.Contains(k.Value)))
            faults.At(kind, $"there is no kind of resource '{kind.Value}'{Suggestion.For(kind.Value, ResourceKinds.Repairable)}");
        return [.. map.Scalars("resource").Select(k => k.Value)];
    }

    private void RequireItems(MapReader map, string key, string why)
    {
        if (map.Require(key) is YamlList { Items.Count: 0 } empty) faults.At(empty, $"'{key}' has no items: {why}");
    }

    private static Mode ModeOf(MapReader map) =>
        map.OneOf("mode", Modes) is { } mode ? Enum.Parse<Mode>(mode, ignoreCase: true) : Mode.Observe;

    private Limits LimitsOf(MapReader map)
    {
        map.Require("limits");
        if (map.Map("limits", "attempts", "cooldown") is not { } limits) return new(1, TimeSpan.FromDays(1), TimeSpan.Zero);
        var cooldown = limits.Require("cooldown") is null ? TimeSpan.Zero : limits.Time("cooldown") ?? TimeSpan.Zero;
        if (limits.RequireScalar("attempts") is not { } attempts) return new(1, TimeSpan.FromDays(1), cooldown);
        if (LimitText.TryParse(attempts.Value, out var number, out var per)) return new(number, per, cooldown);
        faults.At(attempts, $"'attempts' is '{attempts.Value}'; expected a number and a time, such as '2 per 24h'");
        return new(1, TimeSpan.FromDays(1), cooldown);
    }

    private EscalateTo EscalateOf(MapReader map)
    {
        map.Require("escalate");
        var nothing = new EscalateTo(null, new(""));
        if (map.Map("escalate", "severity", "message") is not { } escalate) return nothing;
        if (escalate.OneOf("severity", Severities) is { } severity) nothing = nothing with { Severity = severity };
        if (escalate.RequireScalar("message") is not { } scalar || escalate.Liquid(scalar) is not { } message) return nothing;
        PlaybookVariables.Check(scalar, message, faults);
        return nothing with { Message = message };
    }
}

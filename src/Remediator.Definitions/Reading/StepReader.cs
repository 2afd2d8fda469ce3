using Remediator.Core.Actions;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Reading;

/// <summary>Reads what a playbook does: its evidence and its ladder, against the actions that there are.</summary>
internal sealed class StepReader(ActionRegistry actions, FaultList faults, IReadOnlyList<string> kinds, bool waits)
{
    internal static readonly string[] StepKeys = ["step", "when", "after", "use", "with", "verify", "undo_on_failure", "approval_within"];

    public EvidenceStep? Evidence(YamlNode node)
    {
        if (MapReader.Of(node, faults, "evidence", "use", "with") is not { } map) return null;
        return Action<IReadAction>(map, a => $"'{a.Name}' {Does(a)}; evidence only reads") is { } action
            && With(map, action) is { } with ? new(action.Descriptor.Name, with) : null;
    }

    public LookStep? Look(YamlNode node)
    {
        if (MapReader.Of(node, faults, "a look", "use", "with") is not { } map) return null;
        return Action<ILook>(map, a => $"'{a.Name}' {Does(a)}; a look tells facts") is { } look
            && With(map, look) is { } with ? new(look.Descriptor.Name, with) : null;
    }

    public IReadOnlyList<LadderStep> Ladder(IReadOnlyList<YamlNode> nodes, Mode mode)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var strongest = ActionClass.Read;
        var steps = new List<LadderStep>();
        foreach (var node in nodes)
        {
            if (Step(node) is not { } step || !actions.TryGet(step.Use, out var action)) continue;
            var descriptor = action.Descriptor;
            if (!names.Add(step.Name)) faults.At(node, $"there are two steps '{step.Name}'; the journal could not tell them apart");
            if (descriptor.Class < strongest)
                faults.At(
                    node,
                    $"'{step.Name}' is {Word(descriptor.Class)} and comes after a {Word(strongest)} step; a ladder goes from "
                        + $"mild to strong");
            if (descriptor.Class is ActionClass.Destructive && mode is Mode.Auto)
                faults.At(node, $"'{descriptor.Name}' is destructive and needs a person: this playbook's mode is at most 'approve'");
            strongest = descriptor.Class > strongest ? descriptor.Class : strongest;
            steps.Add(step);
        }

        return steps;
    }

    private LadderStep? Step(YamlNode node)
    {
        if (MapReader.Of(node, faults, "a step", StepKeys) is not { } map) return null;
        var name = map.RequireScalar("step");
        var when = map.Conditions("when", ConditionPlace.Step);
        var action = Action<IChangeAction>(map, a => $"'{a.Name}' {Does(a)}; a step changes something");
        var with = action is null ? null : With(map, action);
        var undo = map.Flag("undo_on_failure") ?? false;
        if (undo && action is not (null or IUndoableAction))
            faults.At(map.Find("undo_on_failure")!, $"'{action.Descriptor.Name}' cannot be undone");
        var (approval, (after, waitsFor)) = (map.Time("approval_within"), After(map));
        var verify = Verify(map);
        if (name is null || action is null || with is null || verify is null) return null;
        var step = new LadderStep
        {
            Name = name.Value,
            When = when,
            Use = action.Descriptor.Name,
            With = with,
            Verify = verify,
            UndoOnFailure = undo,
            After = after,
            WaitsFor = waitsFor,
        };
        return approval is { } within ? step with { ApprovalWithin = within } : step;
    }

    private (TimeSpan Time, WaitOf? Of) After(MapReader map)
    {
        if (map.Scalar("after") is not { } after || !WaitsReader.Words.Contains(after.Value))
            return (map.Time("after") ?? TimeSpan.Zero, null);
        if (!waits)
            faults.At(after, $"'after' is '{after.Value}', and the playbook has no table 'waits' that says how long that is");
        return (TimeSpan.Zero, Enum.Parse<WaitOf>(after.Value, ignoreCase: true));
    }

    private Verification? Verify(MapReader step)
    {
        step.Require("verify");
        if (step.Map("verify", "use", "with", "within", "stable", "alert_ends") is not { } map) return null;
        var action =
            Action<IVerifyAction>(map, a => $"'{a.Name}' {Does(a)}; verify only looks: {string.Join(", ", Names<IVerifyAction>())}");
        var with = action is null ? null : With(map, action);
        map.Require("within");
        map.Require("stable");
        var (within, stable) = (map.Time("within"), map.Time("stable"));
        if (within == TimeSpan.Zero) faults.At(map.Find("within")!, "'within' must be more than 0: no repair takes effect at once");
        return action is null || with is null || within is null || stable is null
            ? null
            : new(action.Descriptor.Name, with, within.Value, stable.Value) { AlertEnds = map.Flag("alert_ends") ?? false };
    }

    private T? Action<T>(MapReader map, Func<ActionDescriptor, string> wrongSort)
        where T : class, IAction
    {
        if (map.RequireScalar("use") is not { } use) return null;
        if (!actions.TryGet(use.Value, out var action))
            faults.At(use, $"unknown action '{use.Value}'{actions.Suggest(use.Value)}");
        else if (action is not T)
            faults.At(use, wrongSort(action.Descriptor));
        else if (action.Descriptor.Kinds is { Count: > 0 } works && kinds.Count > 0 && !kinds.Any(works.Contains))
            faults.At(use, $"'{use.Value}' works on {string.Join(", ", works)}; this playbook is for {string.Join(", ", kinds)}");
        return action as T;
    }

    private ActionInputTemplate? With(MapReader map, IAction action)
    {
        if (map.Find("with") is not { } node) return Bind(null, [], action, map);
        if (node is YamlMap with) return Bind(with, with.Entries, action, map);
        faults.At(node, "'with' is a mapping of names and values");
        return null;
    }

    private ActionInputTemplate? Bind(YamlMap? with, IReadOnlyList<YamlEntry> entries, IAction action, MapReader map)
    {
        var scalars = entries.Select(e => (e.Key, Value: map.AsScalar(e.Value, $"'{e.Key.Value}'"))).ToList();
        if (scalars.Exists(s => s.Value is null)) return null;
        var found = new List<InputFault>();
        var bound =
            ActionInputBinder.Bind(action.Descriptor.Input, [.. scalars.Select(s => new InputEntry(s.Key.Value, s.Value!.Value))], found);
        foreach (var fault in found)
        {
            var entry = entries.LastOrDefault(e => e.Key.Value == fault.Key);
            faults.At(
                entry is null ? with ?? map.Find("use")! : fault.InValue ? entry.Value : entry.Key,
                $"{action.Descriptor.Name}: {fault.Message}");
        }

        foreach (var template in bound?.Templates ?? [])
            PlaybookVariables.Check(scalars.First(s => s.Value!.Value == template.Source).Value!, template, faults);
        return bound;
    }

    private IEnumerable<string> Names<T>() =>
        actions.All.OfType<T>().Cast<IAction>().Select(a => a.Descriptor.Name).Order(StringComparer.Ordinal);

    private string Does(ActionDescriptor descriptor) => actions.Get<IAction>(descriptor.Name) switch
    {
        IChangeAction => $"changes things ({Word(descriptor.Class)})",
        INotifyAction => "tells people",
        ILook => "looks, and tells facts",
        IVerifyAction and not IReadAction => "only checks",
        _ => "only reads",
    };

    private static string Word(ActionClass sort) => sort.ToString().ToLowerInvariant();
}

using Remediator.Core.Language;
using Remediator.Core.Playbooks;
using Remediator.Core.Rules;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Reading;

/// <summary>Reads the table of a playbook that says how long its steps wait.</summary>
internal sealed class WaitsReader(FaultList faults)
{
    internal const string Never = "never";
    internal static readonly string[] Words = [.. Enum.GetValues<WaitOf>().Select(Waits.Word)];

    public IReadOnlyList<WaitRow> Read(MapReader playbook)
    {
        var nodes = playbook.Items("waits");
        if (playbook.Has("waits") && nodes.Count == 0)
            faults.At(playbook.Find("waits")!, "'waits' has no rows: the last one is for all that the rows before it do not name");
        var rows = new List<WaitRow>();
        foreach (var node in nodes)
        {
            if (MapReader.Of(node, faults, "a row of 'waits'", ["when", .. Words]) is not { } map)
                continue;
            rows.Add(new(map.Conditions("when", ConditionPlace.Step), Time(map, WaitOf.Act), Time(map, WaitOf.Replace)));
            var isLast = ReferenceEquals(node, nodes[^1]);
            if (isLast == map.Has("when"))
                faults.At(node, isLast
                    ? "the last row of 'waits' has no 'when': it is for all that the rows before it do not name"
                    : "only the last row of 'waits' has no 'when': the rows after this one would never count");
        }

        return rows;
    }

    private TimeSpan? Time(MapReader row, WaitOf what)
    {
        var key = Waits.Word(what);
        if (row.RequireScalar(key) is not { } scalar || scalar.Value == Never)
            return null;
        if (Duration.TryParse(scalar.Value, out var time))
            return time;
        faults.At(scalar, $"'{key}' is '{scalar.Value}'; expected '{Never}' or a duration such as 30s, 5m, 2h30m or 1d");
        return null;
    }
}

using System.Globalization;
using System.Text;
using Remediator.Core.Journal;
using Remediator.Crash.Tests.Histories;

namespace Remediator.Crash.Tests.Runs;

/// <summary>The table of all runs, a line for each failpoint.</summary>
internal static class Summary
{
    public static string Of(IReadOnlyList<CrashOutcome> outcomes, TimeSpan took)
    {
        var text = new StringBuilder();
        text.AppendLine(
            "| failpoint | runs | reached | killed twice | incidents | effects | at a person | lost | doubled | on a guess | broken |");
        text.AppendLine("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |");
        foreach (var name in Failpoint.Names)
            text.AppendLine(Line(name, [.. outcomes.Where(o => o.Plan.First.Failpoint == name)]));
        text.AppendLine(Line("all", outcomes));
        var starts = outcomes.SelectMany(o => o.Starts).Order().ToList();
        text.AppendLine();
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{outcomes.Count} runs in {took.TotalMinutes:0.0} min, {took.TotalSeconds / outcomes.Count:0.00} s a run; one "
                + $"by itself took {outcomes.Average(o => o.Took.TotalSeconds):0.0} s, the longest "
                + $"{outcomes.Max(o => o.Took.TotalSeconds):0.0} s (seed {outcomes.MaxBy(o => o.Took)!.Plan.Seed})."));
        text.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{starts.Count} starts until the server listened: half within {starts[starts.Count / 2].TotalSeconds:0.0} s, "
                + $"the slowest {starts[^1].TotalSeconds:0.0} s."));
        return text.ToString();
    }

    private static string Line(string name, IReadOnlyList<CrashOutcome> runs)
    {
        int Runs(FaultKind kind) => runs.Count(r => r.Faults.Any(f => f.Kind == kind));

        return $"| {name} | {runs.Count} | {runs.Count(r => r.Kills > 0)} | {runs.Count(r => r.Kills > 1)} | "
            + $"{runs.Sum(r => r.Incidents)} | {runs.Sum(r => r.Effects)} | {runs.Sum(r => r.WithPeople)} | "
            + $"{Runs(FaultKind.Lost)} | {Runs(FaultKind.Doubled)} | {Runs(FaultKind.Blind)} | {Runs(FaultKind.Broken)} |";
    }
}

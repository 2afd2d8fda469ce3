using System.Text;

namespace Remediator.Definitions.Tests.Shipped.Decided;

/// <summary>
/// What the rules, playbooks and policy that ship decide about common situations, as a page that people read and review: it changes only
/// with the decisions.
/// </summary>
public sealed class WhatIsDecidedTests
{
    private const string Page = "docs/what-is-decided.md";

    private const string Head =
        """
        # What is decided

        Common situations, and what Remediator does about them with the rules, playbooks and policy that ship, in mode `auto`: a table
        for each of five kinds of workload, with three owners. A test computes this page with the program's own code, and fails if
        it differs.

        - **does**: the step runs without a person.
        - **asks a person**: the step waits for a release, as strong steps of the shipped playbooks always do.
        - **tells a person**: the incident is escalated with this message; nothing is changed.
        - **waits**, **leaves it**, **nothing**: nothing is changed, and nobody is told, for the reason given.

        The owner is who manages the object: nobody (a person with `kubectl`), Helm, or Argo CD. Where all owners are alike, the row
        says `any`. The plan of a step can still find a reason against it, such as a disruption budget.

        """;

    private static readonly Dictionary<string, string> Titles = new()
    {
        ["deployment"] = "Deployments", ["statefulset"] = "StatefulSets", ["daemonset"] = "DaemonSets", ["job"] = "Jobs",
        ["cronjob"] = "CronJobs",
    };

    [Fact]
    public void Page_SaysWhatIsDecided() => Generated.Is(Page, _ => Written());

    /// <summary>Of a change that nobody can see the good of, as of one that an owner would take back, there is none on the page.</summary>
    [Fact]
    public void NothingOnThePage_ChangesWhatRunsWell_OrWhatIsOwned()
    {
        Assert.All(Rows(), r => Assert.False(
            r.Decision is "**does**" or "asks a person"
                && (r.Situation.Name.StartsWith("A healthy", StringComparison.Ordinal)
                    || r.Situation.Name.Contains("recovered", StringComparison.Ordinal)
                    || r.Situation.Name.Contains("quota", StringComparison.Ordinal)
                    || r.Situation.Name.Contains("database", StringComparison.Ordinal)
                    || (r.Owner == "Argo CD" && r.Reason.Contains("undo", StringComparison.Ordinal)
                        && !r.Reason.Contains("refused", StringComparison.Ordinal))),
            $"{r.Situation.Name}, {r.Kind} of {r.Owner}: {r.Decision} {r.Reason}"));
        Assert.DoesNotContain(Rows(), r => r.Kind == "statefulset" && r.Decision == "**does**");
    }

    private static string Written()
    {
        var page = new StringBuilder(Head);
        foreach (var kind in Rows().GroupBy(r => r.Kind))
        {
            page.Append($"\n## {Titles[kind.Key]}\n\n| situation | owner | decision | |\n| --- | --- | --- | --- |\n");
            foreach (var situation in kind.GroupBy(r => r.Situation.Name))
            {
                var name = $"{situation.Key} (`{situation.First().Situation.AlertOf(kind.Key)}`)";
                var alike = situation.Select(r => (r.Decision, r.Reason)).Distinct().Count() == 1;
                foreach (var row in alike ? situation.Take(1).Select(r => r with { Owner = "any" }) : situation)
                {
                    var reason = row.Reason.Replace("|", "\\|", StringComparison.Ordinal);
                    page.Append($"| {name} | {row.Owner} | {row.Decision} | {reason} |\n");
                    name = "";
                }
            }
        }

        return page.ToString();
    }

    private static IReadOnlyList<Row> Rows() =>
    [
        .. from situation in Situations.All
           from kind in situation.Kinds
           from owner in Situations.Owners
           let decided = new Trial(ShippedFilesTests.Shipped, situation, kind, owner).Run()
           select new Row(situation, kind, owner, decided.Decision, decided.Reason),
    ];

    private sealed record Row(Situation Situation, string Kind, string Owner, string Decision, string Reason);
}

using System.CommandLine;
using Remediator.Server.CommandLine;
using Remediator.Server.Settings;

namespace Remediator.Server.Verbs;

/// <summary><c>check</c> tells what is wrong; <c>test</c> also tells what is right.</summary>
internal static class CheckVerb
{
    public static Verb CreateCheck(CommonOptions common) => new(
        Create(
            common,
            "check",
            "Check rules, playbooks and policy, and run their tests. Reports all mistakes, each with its place. Needs no "
                + "cluster. Exit code 1 if there are any.",
            everyTest: false),
        "remediator check .",
        "remediator check rules/workloads/restart-loop.yaml",
        "remediator check --output json . | jq -r '.[].faults[].message'");

    public static Verb CreateTest(CommonOptions common) => new(
        Create(
            common,
            "test",
            "Run the tests of rules and playbooks (X.tests.yaml) and name each. Needs no cluster. Exit code 1 if one fails.",
            everyTest: true),
        "remediator test .",
        "remediator test rules/workloads",
        "remediator test --set Engine:Rules=native .");

    private static Command Create(CommonOptions common, string name, string description, bool everyTest)
    {
        var paths = new Argument<string[]>("PATHS")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description =
                "Folders that hold rules/, playbooks/ and policy.yaml, or files and folders in these. Default: what the server would load.",
        };
        var command = new Command(name, description) { paths, common.Output };
        command.SetAction(parsed =>
        {
            var settings = common.Settings(parsed);
            var folders = DefinitionFolders.Of(parsed.GetValue(paths) ?? [], settings);
            var engine = RuleEngines.Of(settings);
            IReadOnlyList<DefinitionsReport> reports = [.. folders.Select(f => DefinitionsReport.Of(f, engine))];
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(common.Output) is OutputFormat.Json)
                output.WriteJson(reports);
            else
                Write(output, reports, everyTest);
            return reports.All(r => r.Ok) ? ExitCodes.Ok : ExitCodes.Findings;
        });
        return command;
    }

    private static void Write(TextWriter output, IReadOnlyList<DefinitionsReport> reports, bool everyTest)
    {
        foreach (var report in reports)
        {
            foreach (var fault in report.Faults)
                output.WriteLine(fault);
            foreach (var test in report.Tests.Where(t => everyTest || !t.Passed))
                output.WriteLine(test);
            output.WriteLine(report.Summary);
        }
    }
}

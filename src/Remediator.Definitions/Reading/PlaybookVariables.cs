using Remediator.Core.Language;
using Remediator.Core.Rules;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Reading;

/// <summary>What a playbook's templates may read.</summary>
internal static class PlaybookVariables
{
    private static readonly string[] Known = ["alert", "resource", "params", "evidence"];

    public static void Check(YamlScalar scalar, LiquidText text, FaultList faults)
    {
        foreach (var root in text.Variables.Select(v => v.Split('.')[0]).Distinct().Except(Known))
            faults.At(scalar, $"a playbook does not see '{root}'; it sees alert, resource, params and evidence{Hint(root)}");
    }

    private static string Hint(string root) =>
        Suggestion.Nearest(root, Known) is null ? $": a label is {{{{ alert.{root} }}}}" : Suggestion.For(root, Known);
}

using System.IO.Enumeration;
using System.Text;
using Remediator.Core.Language;

namespace Remediator.Core.Policies;

/// <summary>
/// Which resources a part of the policy is about: those that have all of these labels. A value may have <c>*</c> and <c>?</c>.
/// </summary>
public sealed record PolicyMatch(IReadOnlyDictionary<string, string> Labels)
{
    public static PolicyMatch Everything { get; } = new(new Dictionary<string, string>());

    /// <param name="labels">A resource can have several values of one label: a workload has pods in several zones.</param>
    public bool Matches(PolicyLabels labels) => Labels.All(l => labels[l.Key].Any(v => IsLike(l.Value, v)));

    /// <summary>As a selector: <c>{kind="node", zone="a"}</c>.</summary>
    public override string ToString() => Text(Labels);

    internal static string Text(IEnumerable<KeyValuePair<string, string>> labels)
    {
        var text = new StringBuilder("{");
        foreach (var (name, value) in labels.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            text.Append(text.Length > 1 ? ", " : "").Append(name).Append('=');
            Notation.AppendQuoted(text, value);
        }

        return text.Append('}').ToString();
    }

    private static bool IsLike(string pattern, string value) => FileSystemName.MatchesSimpleExpression(pattern, value, ignoreCase: false);
}

using System.Text.RegularExpressions;

namespace Remediator.Core.Facts;

/// <summary>What a container or a pod asks for and is not there, by the words of the kubelet and of the API server.</summary>
public static class MissingObjects
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private static readonly Regex Account = new(@"\bserviceaccount ""(?<name>[^""\s]+)"" not found", Options);

    private static readonly Regex[] Missing =
    [
        new(@"\b(?<kind>configmap|secret)s? ""(?<name>[^""\s]+)"" not found", Options),
        new(@"couldn't find key (?<key>\S+) in (?<kind>configmap|secret) (?:[^/\s]+/)?(?<name>[^\s,;]+)", Options),
        new(@"references non-existent (?<kind>config|secret) key: (?<key>\S+)", Options),
    ];

    /// <summary>
    /// <c>configmap/NAME</c> or <c>secret/NAME</c>, with the key where only that is missing; empty where the message names none.
    /// </summary>
    public static string In(string message)
    {
        foreach (var match in Missing.Select(m => m.Match(message)).Where(m => m.Success))
        {
            var kind = match.Groups["kind"].Value.ToLowerInvariant() is "secret" ? "secret" : "configmap";
            var name = match.Groups["name"].Value.TrimEnd('.');
            var key = match.Groups["key"].Value.TrimEnd(',', '.');
            return key.Length == 0 ? $"{kind}/{name}" : name.Length == 0 ? $"{kind}/?:{key}" : $"{kind}/{name}:{key}";
        }

        return "";
    }

    /// <summary><c>serviceaccount/NAME</c> without which no pod can be made; empty where the message names none.</summary>
    public static string AccountIn(string message) =>
        Account.Match(message) is { Success: true } match ? $"serviceaccount/{match.Groups["name"].Value}" : "";
}

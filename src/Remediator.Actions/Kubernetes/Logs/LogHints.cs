using System.Text.RegularExpressions;

namespace Remediator.Actions.Kubernetes.Logs;

/// <summary>What the last lines of a log name as the trouble, in the words that libraries and kernels use for it.</summary>
internal static class LogHints
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private static readonly (string Hint, Regex Words)[] Known =
    [
        ("disk", new(@"no space left on device|\bENOSPC\b|disk quota exceeded|read-only file system", Options)),
        ("files", new(@"too many open files|\bEMFILE\b|\bENFILE\b", Options)),
        ("dependency", new(
            @"connection (?:refused|reset|timed out)|\bECONNREFUSED\b|\bECONNRESET\b|\bETIMEDOUT\b|no such host|\bENOTFOUND\b|"
                + @"\bEAI_AGAIN\b|name or service not known|temporary failure in name resolution|could not resolve host|unknown host|"
                + @"unable to connect to|could not connect to|cannot (?:connect to|reach)|failed to connect to|i/o timeout|"
                + @"too many connections|no route to host|network is unreachable", Options)),
        ("permission", new(@"permission denied|\bEACCES\b|operation not permitted|access denied", Options)),
    ];

    /// <returns>Null where they name none of these.</returns>
    public static string? Of(IEnumerable<string> lines)
    {
        var text = string.Join('\n', lines);
        return Known.FirstOrDefault(k => k.Words.IsMatch(text)).Hint;
    }
}

using System.Text.RegularExpressions;

namespace Remediator.Actions.Kubernetes.Logs;

/// <summary>
/// Which server a line of a log names that does not answer, or whose name is not known, in the words of the common runtimes and clients.
/// </summary>
internal static class NamedServer
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private const string Name = @"(?<host>[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?\.?)";
    private const string Address = @"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}";

    /// <summary>The first that matches counts: names tell more than addresses.</summary>
    private static readonly Regex[] Known =
    [
        // Go: the server of names itself does not answer
        new($@"\blookup \S+ on (?<host>{Address}):53: (?:read|write|dial) ", Options),
        new($@"\blookup {Name}(?: on \S+)?: ", Options),
        new($@"(?:get|post|put|head|patch|delete|options) ""[a-z]+://(?:[^@/\s""]*@)?{Name}[:/""?]", Options),
        new($@"\d \({Name}\): dial error", Options),
        new($@"failed to connect to `host={Name}[ `]", Options),
        // PostgreSQL
        new($@"could not translate host name ""{Name}""", Options),
        new($@"connection to server at ""{Name}""", Options),
        new($@"server running on host ""{Name}""", Options),
        // MySQL
        new($@"server on '{Name}(?::\d+)?'", Options),
        // Node
        new($@"\b(?:ENOTFOUND|EAI_AGAIN) {Name}", Options),
        new($@"\b(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH) {Name}:\d", Options),
        // Java
        new($@"\bUnknownHostException: {Name}", Options),
        new($@"(?:^|[\s('""]){Name}/{Address}:\d", Options),
        new($@"\bresolve server {Name}:\d", Options),
        // Python
        new($@"ConnectionPool\(host='{Name}'", Options),
        new($@"(?:^|[\s\[('""]){Name}:\d+: \[Errno ", Options),
        // .NET
        new($@"(?:refused|known|known\.|timed out|unreachable|available|try again) \({Name}:\d+\)", Options),
        // curl, wget, tools of a shell
        new($@"\bconnect to {Name} port \d", Options),
        new($@"\bresolve host:? '?{Name}(?:['\s;.,:]|$)", Options),
        new($@"\bresolve host address '{Name}'", Options),
        new($@"\bbad address '{Name}'", Options),
        // proxies
        new($@"upstream: ""[a-z]+://{Name}[:/""]", Options),
        new($@"\burl \([a-z]+://(?:[^@/\s)]*@)?{Name}[:/)]", Options),
        // anybody
        new($@"\bconnect(?:ion|ing|ed)? (?:to|with) (?:\w+ (?:on|at) )?['""`]?(?:[a-z][a-z0-9+]*://(?:[^@/\s]*@)?)?{Name}:\d", Options),
        new($@"\bdial (?:tcp|udp)[46]? {Name}:\d", Options),
        new($@"->(?<host>{Address}):\d", Options),
        new($@"(?:^|[\s\[('""/=])(?<host>{Address}):\d", Options),
    ];

    private static readonly Regex OfCluster = new(@"\.svc(?:\..*)?$", Options);

    private static readonly Regex IsAddress = new($"^{Address}$", Options);

    /// <param name="space">The namespace of who says so: there, a name without a dot is a service.</param>
    /// <returns>
    /// SERVICE.NAMESPACE of a service, the name or the address of anything else; empty where the line names none, or only what is within
    /// the pod itself.
    /// </returns>
    public static string In(string line, string space)
    {
        foreach (var match in Known.Select(k => k.Match(line)).Where(m => m.Success))
        {
            var host = OfCluster.Replace(match.Groups["host"].Value.ToLowerInvariant().TrimEnd('.'), "");
            if (host is "localhost" or "0.0.0.0" || (IsAddress.IsMatch(host) && host.StartsWith("127.", StringComparison.Ordinal)))
                return "";
            return host.Contains('.', StringComparison.Ordinal) ? host : $"{host}.{space}";
        }

        return "";
    }
}

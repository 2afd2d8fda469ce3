using System.Text.RegularExpressions;

namespace Remediator.Actions.Kubernetes.Logs;

/// <summary>What the last lines of a log name as the trouble, in the words that libraries and kernels use for it.</summary>
/// <param name="Name">
/// <c>platform</c> for a program that is not made for the processor of its node, <c>occupied</c> for what another process holds, such as a
/// port or the lock of a volume that a pod of the release before has, <c>disk</c>, <c>files</c>, <c>credentials</c> that a server does not
/// take any more, <c>dependency</c> for a server that is not there, <c>permission</c>, <c>configuration</c>,
/// <c>migration</c> where the last line says that a database is being migrated, or <c>standby</c> for one that is not the leader and waits
/// to be.
/// </param>
/// <param name="Line">The last line that says so.</param>
internal sealed record LogHint(string Name, string Line)
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>Beside words that harmless lines have too.</summary>
    private const string Failure =
        "(?:error|fail(?:ed|ure|s)?|fatal|invalid|malformed|cannot|can't|could not|couldn't|unable|not found|no such|missing|"
            + "does not exist)";

    private const string Connection =
        @"connection (?:to \S+ )?(?:was )?(?:refused|reset|timed out)|\bECONN\w+|\bETIMEDOUT\b|\bE(?:HOST|NET)UNREACH\b|"
            + @"(?:cannot|can't|could not|couldn't|unable to|failed to) (?:connect|reach|establish (?:a |the )?connection)\b|"
            + @"error (?:\d+ )?connecting to|connect(?:ion)?(?: attempt)?:? timed out|"
            + @"connect(?:ion)? timeout(?: (?:after|error|expired|to|while)\b|[.!:]?$)|connection could not be established|"
            + @"i/o timeout|tls handshake timeout|context deadline exceeded|timeout expired|operation timed out|pool timed out|"
            + @"connection is not available|server closed the connection|lost connection to|no route to host|network is unreachable|"
            + @"host is unreachable|ConnectException|SocketTimeoutException|ConnectTimeout|ConnectionError\b|ConnectionRefused|"
            + @"NetworkError\b";

    private const string Names =
        @"no such host|\bENOTFOUND\b|\bEAI_AGAIN\b|name or service not known|name resolution|name does not resolve|"
            + @"could not (?:resolve|translate) host|unknown ?host|nodename nor servname|no address associated with hostname|"
            + @"getaddrinfo failed|server misbehaving|\bnxdomain\b";

    /// <summary>What databases and queues say of themselves, and their clients of them.</summary>
    private const string Servers =
        @"too many (?:connections|clients already)|remaining connection slots|the database system is (?:starting|shutting|in recovery)|"
            + @"communications link failure|SQLSTATE\[HY000\] \[20\d\d\]|\bORA-12\d{3}\b|no listener|"
            + @"broker(?:s)? (?:may not be|not|transport) (?:available|failure)|NoBrokersAvailable|no resolvable bootstrap|ServerSelection|"
            + @"Redis is loading|\bMASTERDOWN\b|no healthy upstream|upstream connect error|etcdserver: (?:no leader|request timed out)|"
            + @"\b(?:429 too many requests|502 bad gateway|503 service (?:temporarily )?unavailable|504 gateway time-?out)\b|"
            + @"vault is sealed|\bTimeoutException\b|\bTimeoutError\b";

    /// <summary>
    /// A server that no longer takes a password or a certificate took it before: old pods keep the connections that they have.
    /// </summary>
    private const string Credentials =
        @"password authentication failed|authentication failed|access denied for user|\bNOAUTH\b|\bWRONGPASS\b|"
            + @"certificate (?:has expired|is not yet valid|signed by unknown authority)|certificate verify failed|"
            + @"licen[cs]e (?:key )?(?:has |is )?expired|expired licen[cs]e";

    /// <summary>What only one process may have, and a pod of the release before still has.</summary>
    private const string Occupied =
        @"address already in use|\bEADDRINUSE\b|port \d+ (?:is |was )?(?:already )?(?:in use|allocated)|"
            + @"\block\w*\b.{0,80}resource temporarily unavailable|resource temporarily unavailable.{0,60}\block|"
            + @"\w+Exception: resource temporarily unavailable|(?:already |is |currently )locked by|"
            + @"locked by (?:an)?other process|database is locked|"
            + @"(?:could not|cannot|can't|couldn't|unable to|failed to) (?:obtain|acquire|get|take|create) (?:\w+ ){0,4}lock|"
            + @"\block\b \S{0,80}\s?is (?:already )?(?:held|locked)|/lock is locked|"
            + @"another (?:instance|process) (?:is |has )?(?:already |currently )?(?:running|using|locked|holds)|in use by another";

    private const string Migrates =
        @"waiting for (?:the )?change ?log lock|(?:waiting for|acquired|acquiring) (?:the )?(?:migration|change ?log|advisory) lock|"
            + @"\b(?:running|applying|executing|performing|starting|pending) (?:\w+ ){0,2}(?:migrations?|upgrade [0-9a-f]+ ?->)|"
            + @"migrations? (?:is|are) (?:running|pending|in progress)|migrating (?:schema|database|table|index|data)\b|"
            + @"\b(?:re)?indexing\b.{0,40}\b(?:\d+ ?%|of \d+)";

    private static readonly Regex Dependency = new($"{Connection}|{Names}|{Servers}|{Credentials}", Options);

    private static readonly (string Name, Regex Words)[] Known =
    [
        ("platform", new("exec format error|cannot execute binary file", Options)),
        ("occupied", new(Occupied, Options)),
        ("disk", new(@"no space left on device|\bENOSPC\b|disk quota exceeded|read-only file system", Options)),
        ("files", new(@"too many open files|\bEMFILE\b|\bENFILE\b", Options)),
        ("credentials", new(Credentials, Options)),
        ("dependency", Dependency),
        ("permission", new(@"permission denied|\bEACCES\b|operation not permitted|access denied", Options)),
        ("configuration", new(
            @"(?:invalid|bad|malformed|unknown|missing|unsupported) (?:configuration|config|option|flag|argument|setting|directive)|"
                + @"(?:error|failed|unable|could not|cannot) (?:to )?(?:parse|parsing|read|reading|load|loading)\b.{0,40}\bconfig|"
                + @"configuration (?:error|is invalid)|"
                + $@"\b{Failure}\b.{{0,80}}\bconfiguration file|\bconfiguration file\b.{{0,80}}\b{Failure}\b|"
                + @"environment variable \S+ (?:is )?(?:not set|missing|required)|"
                + @"unknown directive|unrecognized (?:option|argument)|yaml: line \d+|"
                + $@"\b{Failure}\b.{{0,40}}\bunmarshal|\bunmarshal\w* (?:errors?|failed|failure)\b", Options)),
    ];

    private static readonly Regex Migration = new(Migrates, Options);

    private static readonly Regex Waits = new(
        @"attempting to acquire (?:the )?leader|waiting (?:for|to become|to acquire)\b.{0,30}\b(?:leader(?:ship)?|lease)\b|"
            + @"\bnot (?:the |currently the )?leader\b|\bisLeader[=:] ?""?false|\b(?:in|as|entering|is) (?:a )?(?:hot )?standby\b|"
            + @"standby mode", Options);

    private static readonly Regex Leads = new(
        @"acquired (?:the )?lease|(?:became|becoming|am|is|as) (?:now )?(?:the )?(?:new )?leader\b|acquired leadership|"
            + @"\bisLeader[=:] ?""?true", Options);

    /// <returns>Null where they name none of these.</returns>
    public static LogHint? Of(IReadOnlyList<string> lines) =>
        (from known in Known
         let line = lines.LastOrDefault(known.Words.IsMatch)
         where line is not null
         select new LogHint(known.Name, line)).FirstOrDefault()
        ?? Migrating(lines)
        ?? Standby(lines);

    /// <summary>Which server the lines complain of, as the last one that names one says it; empty where none does.</summary>
    /// <param name="space">The namespace of who says so.</param>
    public static string ServerIn(IReadOnlyList<string> lines, string space) =>
        lines.Reverse().Where(l => Dependency.IsMatch(l)).Select(l => NamedServer.In(l, space)).FirstOrDefault(s => s.Length > 0) ?? "";

    /// <summary>What has gone on since is over.</summary>
    private static LogHint? Migrating(IReadOnlyList<string> lines) =>
        lines.LastOrDefault(l => !string.IsNullOrWhiteSpace(l)) is { } last && Migration.IsMatch(last) ? new("migration", last) : null;

    /// <summary>What it was last.</summary>
    private static LogHint? Standby(IReadOnlyList<string> lines) =>
        lines.LastOrDefault(l => Waits.IsMatch(l) || Leads.IsMatch(l)) is { } last && Waits.IsMatch(last) ? new("standby", last) : null;
}

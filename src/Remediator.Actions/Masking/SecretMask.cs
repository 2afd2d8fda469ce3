using System.Text.RegularExpressions;

namespace Remediator.Actions.Masking;

/// <summary>
/// Replaces what looks like a secret. Masks rather too much: a log line without a word is still evidence, a leaked password is an incident.
/// </summary>
internal static class SecretMask
{
    public const string Mask = "***";

    // logs are text from outside: only patterns that run in linear time may look at them
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
    private const RegexOptions AnyCase = Options | RegexOptions.IgnoreCase;

    private const string SecretWord =
        "(?:password|passwd|passphrase|pwd|secret|token|credential|api[-_.]?key|access[-_.]?key|account[-_.]?key|private[-_.]?key|"
            + "signing[-_.]?key|"
            + "encryption[-_.]?key|master[-_.]?key|auth[-_.]?key|storage[-_.]?key|connection[-_.]?string|"
            + "dockerconfigjson|dockercfg|session[-_.]?id|jsessionid|phpsessid)";

    /// <summary>A key that says that its value is a secret: <c>DB_PASSWORD</c>, <c>clientSecret</c>, <c>pass</c>.</summary>
    private const string SecretKey = "(?:[\\w.-]*" + SecretWord + "[\\w.-]*|(?:[\\w.-]*[_.-])?(?:pass|auth)|pgpass)";

    /// <summary>Keys that hold such a word and still name no secret.</summary>
    private static readonly Regex Harmless = new(
        "(?:name|names|ref|refs|file|path|dir|seconds|minutes|expiry|expired|expires|expiration|count|length|size|"
            + "type|policy|version|status|class|store|provider|mount|volume|url|uri|endpoint)$",
        AnyCase);

    private static readonly (Regex Pattern, string Replacement)[] Shapes =
    [
        (
            new(
                @"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]*?-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|[\s\S]*)",
                Options),
            Mask),
        (new(@"(?:[A-Za-z0-9+/=]{16,}(?:\s|\\n)*)+-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----", Options), Mask),
        (new(@"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)*", Options), Mask),
        (new(@"\b(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA|ANVA|ABIA|ACCA)[A-Z0-9]{16}\b", Options), Mask),
        (
            new(
                @"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|gldt-[\w-]{16,}|"
                    + @"glrt-[\w-]{16,}|xox[abeprs]-[\w-]{10,}|xapp-[\w-]{10,})",
                Options),
            Mask),
        (
            new(
                @"\b(?:[rs]k_(?:live|test)_[A-Za-z0-9]{10,}|sk-[\w-]{20,}|AIza[\w-]{30,}|ya29\.[\w-]{20,}|"
                    + @"npm_[A-Za-z0-9]{30,}|dckr_pat_[\w-]{20,}|pypi-[\w-]{40,})",
                Options),
            Mask),
        (
            new(
                @"\b(?:hv[sbr]\.[\w-]{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|dop_v1_[a-f0-9]{40,}|"
                    + @"AGE-SECRET-KEY-1[A-Z0-9]{20,}|shp(?:at|ss|ca|pa)_[a-fA-F0-9]{20,})",
                Options),
            Mask),
        (new(@"(hooks\.slack\.com/(?:services|workflows)/)[\w/+-]+", AnyCase), "$1" + Mask),
        (new(@"([a-z][a-z0-9+.-]*://[^\s/:@""']*):[^\s/""']+@", AnyCase), "$1:" + Mask + "@"),
        (new(@"([a-z][a-z0-9+.-]*://)[^\s/:@""']{8,}@", AnyCase), "$1" + Mask + "@"),
        (new(@"([?&](?:sig|signature|code|key|auth|x-amz-[a-z-]+|x-goog-[a-z-]+)=)[^&\s""']+", AnyCase), "$1" + Mask),
        (new(@"\b((?:proxy-)?authorization\\?[""']?\s*[:=]\s*\\?[""']?)(?:[a-z0-9-]+\s+)?[^\s""'\\]+", AnyCase), "$1" + Mask),
        (new(@"\b((?:set-)?cookie\\?[""']?\s*[:=]\s*\\?[""']?)[^\r\n""'\\]+", AnyCase), "$1" + Mask),
        (new(@"\b(bearer\s+)[A-Za-z0-9._~+/=-]{8,}", AnyCase), "$1" + Mask),
        (new(@"\b(basic\s+)[A-Za-z0-9+/=]{16,}", AnyCase), "$1" + Mask),
        (new(@"\b((?:password|passwd|passphrase)\s+(?:is\s+|was\s+)?)(?:'[^'\r\n]*'|""[^""\r\n]*"")", AnyCase), "$1" + Mask),
        (new(@"\b(identified\s+by\s+)(?:'[^'\r\n]*'|""[^""\r\n]*"")", AnyCase), "$1" + Mask),
        (new(@"\b((?:requirepass|masterauth)\s+)\S+", AnyCase), "$1" + Mask),
        (new(@"((?:^|\s)(?:-u|--user)[\s=]+[^\s:]+:)\S+", AnyCase), "$1" + Mask),
        (new(@"(\b(?:mysql|mariadb)[a-z_-]*\b[^\r\n]*?\s-p)[^\s""',\]]+", Options), "$1" + Mask),
        (new(@"(\bredis-cli\b[^\r\n]*?\s(?:-a|--pass)[\s""',]+)[^\s""',\]]+", Options), "$1" + Mask),
        (new(@"(\bsshpass\b[^\r\n]*?\s-p\s*)[^\s""',\]]+", Options), "$1" + Mask),
    ];

    /// <summary>Key, separator, value.</summary>
    private static readonly Regex[] Pairs =
    [
        new($@"(?m)(^[ \t]*(?:-[ \t]+)?(?:export[ \t]+)?)({SecretKey})([ \t]*:[ \t]+)([^\s""'{{\[].*)$", AnyCase),
        new(
            $@"()({SecretKey})(\\*[""']?\s*(?:=>|:=|=|:)\s*)(\\+""[^\r\n]*?\\+""|""(?:[^""\\]|\\.)*""?|'[^'\r\n]*'?|[^\s,;&""'}}\]\\]+)",
            AnyCase),
        new($@"((?:^|[\s""'\[])--?)({SecretKey})([\s=]+|[""']\s*,\s*)([""'][^""'\r\n]*[""']?|[^\s""',\]-][^\s""',\]]*)", AnyCase),
    ];

    public static string Apply(string text)
    {
        foreach (var (pattern, replacement) in Shapes)
            text = pattern.Replace(text, replacement);
        foreach (var pair in Pairs)
            text = pair.Replace(text, MaskValue);
        return text;
    }

    private static string MaskValue(Match match) =>
        Harmless.IsMatch(match.Groups[2].Value)
            ? match.Value
            : $"{match.Groups[1].Value}{match.Groups[2].Value}{match.Groups[3].Value}{Mask}";
}

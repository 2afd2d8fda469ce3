using System.Text.RegularExpressions;

namespace Remediator.Actions.Kubernetes.Pods;

/// <summary>Reads what container runtimes and the kubelet say in words only: there is no status reason for it.</summary>
internal static class KubeletMessages
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    /// <summary>A status is told after a space or a bracket; after anything else the digits are those of a tag or a build.</summary>
    private const string Status = @"(?:^|[\s\[(=])";

    /// <summary>Podman's library names the tag apart from its image.</summary>
    private static readonly Regex Tag = new(@"(?:reading|fetching) manifest \S+ in ", Options);

    private static readonly Regex Denied = new(
        $@"denied|unauthori[sz]ed|authori[sz]ation failed|forbidden|{Status}40[13]\b|no basic auth|no pull access", Options);

    /// <summary>
    /// Only what the registry itself answers: a runtime ends many an error of its own store, such as a lost snapshot, with "not found".
    /// </summary>
    private static readonly Regex NotFound = new(
        @"manifest[ _]unknown|name[ _]unknown|no such manifest|manifest for \S+ not found|repository \S+ (?:does not exist|not found)|"
            + @"failed to resolve (?:reference|image) ""[^""]+"":(?: ""?[^""\s]+""?:)? not found|"
            + @"image ""[^""]+"": \S+: not found|"
            + @"unknown: (?:artifact|repository|resource) \S+ not found|\b404 not found\b",
        Options);

    /// <summary>
    /// A page of what stands before the registry (a proxy, an ingress), the answer of the service that gives out tokens, or of a mirror
    /// (containerd asks it with <c>ns=</c>): the registry itself has said nothing. A layer that is not there is no image that is not there.
    /// </summary>
    private static readonly Regex OfAnother = new(
        @"<!doctype|<html|<head|<title|invalid character '<'|failed to authori[sz]e|failed to fetch (?:anonymous|oauth) token|"
            + @"/manifests/[^\s?]+\?ns=|/blobs/|blob[ _]unknown|unknown blob",
        Options);

    private static readonly Regex NoToken = new("failed to authori[sz]e|failed to fetch (?:anonymous|oauth) token", Options);

    private static readonly Regex Unreadable = new(@"invalid reference format|couldn't parse image", Options);

    private static readonly Regex NoPlatform = new(@"no match for platform|no matching manifest for \S+|exec format error", Options);

    private static readonly Regex Passing = new(
        $@"time-?out|timed out|deadline exceeded|connection (?:refused|reset)|\bEOF\b|{Status}429\b|too ?many ?requests|{Status}50[0234]\b|"
            + @"internal server error|bad gateway|service unavailable|"
            + @"temporary failure|server misbehaving|no such host|no route to host|network is unreachable", Options);

    private static readonly Regex Limited = new($@"{Status}429\b|too ?many ?requests|rate ?limit", Options);

    /// <summary>The layers came, or would have, and the node could not keep them.</summary>
    private static readonly Regex OfNode = new(
        @"no space left|disk quota exceeded|read-only file system|input/output error|failed to (?:extract|register|unpack|prepare)|"
            + @"snapshot \S+ does not exist|content digest \S+: not found|failed to apply layer", Options);

    /// <summary>The registry says that there is no such image. Also false where it only says that we may not see it.</summary>
    public static bool IsImageNotFound(string message) =>
        (NotFound.IsMatch(message) || Unreadable.IsMatch(message)) && !IsDenied(message) && !IsPassing(message)
            && !NoPlatform.IsMatch(message) && !OfAnother.IsMatch(message);

    /// <summary>The image is there, and not for this node's processor.</summary>
    public static bool IsWrongPlatform(string message) => NoPlatform.IsMatch(message);

    /// <summary>The registry could not be reached or was too busy: the same pull may succeed later.</summary>
    public static bool IsPullTransient(string message) => IsPassing(message) && !IsDenied(message);

    /// <summary>Who is to be asked about an image that does not come; empty where its words name nobody.</summary>
    public static string PullFailure(string message) =>
        IsWrongPlatform(message) ? "platform"
        : OfNode.IsMatch(message) ? "node"
        : Limited.IsMatch(WithoutTag(message)) ? "rate-limit"
        : IsDenied(message) ? "credentials"
        : IsPassing(message) ? "unreachable"
        : NoToken.IsMatch(message) ? "credentials"
        : IsImageNotFound(message) ? "not-found"
        : "";

    private static bool IsDenied(string message) => Denied.IsMatch(WithoutTag(message));

    private static bool IsPassing(string message) => Passing.IsMatch(WithoutTag(message));

    private static string WithoutTag(string message) => Tag.Replace(message, "");

    public static bool IsProbeKill(string message) =>
        message.Contains("failed liveness probe", StringComparison.OrdinalIgnoreCase)
            || message.Contains("failed startup probe", StringComparison.OrdinalIgnoreCase);

    public static bool IsProbeFailure(string message) =>
        message.StartsWith("Liveness probe", StringComparison.OrdinalIgnoreCase)
            || message.StartsWith("Startup probe", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// The template asks for a user that its image is not: no node runs it, whatever is brought (kubernetes/kubernetes #78175).
    /// </summary>
    public static bool IsRefusedByKubelet(string message) => message.Contains("runAsNonRoot", StringComparison.Ordinal);
}

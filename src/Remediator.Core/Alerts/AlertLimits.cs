using System.Text;
using Remediator.Core.Language;

namespace Remediator.Core.Alerts;

/// <summary>
/// How large an alert may be. Each limit is above what the databases of metrics allow by default, so that no alert of a usual rule meets
/// one: Mimir takes 30 labels with names of 1024 and values of 2048 bytes, VictoriaMetrics 40 labels with values of 4096 bytes, and
/// Prometheus sets no limit. Lengths are bytes of UTF-8.
/// </summary>
public static class AlertLimits
{
    public const int Labels = 128;
    public const int LabelName = 1024;
    public const int LabelValue = 4096;
    /// <summary>All names and values of an alert's labels together.</summary>
    public const int LabelsTogether = 32 * 1024;
    public const int Fingerprint = 128;
    public const int AnnotationName = 1024;
    public const int Annotations = 64;
    /// <summary>A longer value is cut, and says so.</summary>
    public const int AnnotationValue = 4096;
    /// <summary>A longer one is left out: half an address leads nowhere.</summary>
    public const int GeneratorUrl = 8192;

    /// <summary>
    /// The clocks of Prometheus and of this server differ by less. An alert from later than that would outdate every true one of its
    /// labels.
    /// </summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    /// <summary>The annotation that says what was left out of the others.</summary>
    public const string LeftOut = "remediator.io/left-out";

    private static readonly DateTimeOffset Earliest = DateTimeOffset.UnixEpoch;

    /// <summary>The limit that the alert is beyond; null where it is within all of them.</summary>
    public static BrokenLimit? Broken(Alert alert, DateTimeOffset now) => Faults(alert, now).FirstOrDefault();

    /// <summary>The alert with annotations and address as they are kept.</summary>
    public static Alert Cut(Alert alert)
    {
        var kept = alert.GeneratorUrl is { } url && Bytes(url) > GeneratorUrl ? alert with { GeneratorUrl = null } : alert;
        return kept.Annotations.Count > Annotations
            || kept.Annotations.Any(a => Bytes(a.Value) > AnnotationValue || Bytes(a.Key) > AnnotationName)
            ? kept with { Annotations = CutAnnotations(kept.Annotations) }
            : kept;
    }

    private static IEnumerable<BrokenLimit> Faults(Alert alert, DateTimeOffset now)
    {
        if (alert.Labels.Count > Labels)
            yield return new("labels", $"it has {alert.Labels.Count} labels; at most {Labels} are taken");
        foreach (var (name, value) in alert.Labels)
        {
            if (Bytes(name) > LabelName)
                yield return new(
                    "label-name", $"the name of its label '{Start(name)}' has {Bytes(name)} bytes; at most {LabelName} are taken");
            if (Bytes(value) > LabelValue)
                yield return new(
                    "label-value", $"the value of its label '{Start(name)}' has {Bytes(value)} bytes; at most {LabelValue} are taken");
        }

        if (alert.Labels.Sum(l => Bytes(l.Key) + Bytes(l.Value)) is > LabelsTogether and var all)
            yield return new("labels-together", $"its labels have {all} bytes together; at most {LabelsTogether} are taken");
        if (Bytes(alert.Fingerprint) > Fingerprint)
            yield return new("fingerprint", $"its fingerprint has {Bytes(alert.Fingerprint)} bytes; at most {Fingerprint} are taken");
        if (alert.StartsAt < Earliest || alert.StartsAt > now + Ahead)
            yield return new(
                "starts-at",
                $"its startsAt is {alert.StartsAt:u}; it must be after {Earliest:u}, and not more than {Ahead.TotalHours:0} "
                    + $"h ahead of this server's clock");
    }

    private static Dictionary<string, string> CutAnnotations(IReadOnlyDictionary<string, string> annotations)
    {
        var kept = annotations.Where(a => Bytes(a.Key) <= AnnotationName).OrderBy(a => a.Key, StringComparer.Ordinal).Take(Annotations)
            .ToDictionary(a => a.Key, a => CutText(a.Value), StringComparer.Ordinal);
        if (kept.Count < annotations.Count)
            kept[LeftOut] = $"{annotations.Count - kept.Count} of {annotations.Count} annotations: at most {Annotations} are "
                + $"kept, with names of at most {AnnotationName} bytes";
        return kept;
    }

    private static string CutText(string text)
    {
        if (Bytes(text) <= AnnotationValue)
            return text;
        var kept = new StringBuilder();
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > AnnotationValue)
                break;
            kept.Append(rune.ToString());
        }

        return $"{kept}… (cut by Remediator: it has {Bytes(text)} bytes, and {AnnotationValue} are kept)";
    }

    private static string Start(string name) => Excerpt.Of(name, 64);

    private static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);
}

/// <param name="Limit">Its name, for metrics.</param>
/// <param name="Message">What is beyond it, its value, and what is taken.</param>
public sealed record BrokenLimit(string Limit, string Message);

using System.Globalization;
using System.Text;

namespace Remediator.Sources.Webhook;

/// <summary>
/// The fingerprint that Alertmanager gives to a label set (FNV-1a of 64 bits over the sorted labels), so that alerts without one meet those
/// with one.
/// </summary>
internal static class LabelFingerprint
{
    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private const byte Separator = 255;

    public static string Of(IReadOnlyDictionary<string, string> labels)
    {
        var hash = OffsetBasis;
        foreach (var (name, value) in labels.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            hash = Add(Add(hash, name), value);
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private static ulong Add(ulong hash, string text)
    {
        foreach (var octet in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ octet) * Prime;

        return (hash ^ Separator) * Prime;
    }
}

using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>The annotation by which people keep an object to themselves.</summary>
internal static class Holds
{
    public const string Annotation = "remediator.io/hold";

    /// <returns>Empty where there is none; one without words holds as well.</returns>
    public static string Of(ObjectMeta meta) =>
        meta.Annotations.TryGetValue(Annotation, out var value) ? value.Trim() is { Length: > 0 } said ? said : "no reason is given" : "";
}

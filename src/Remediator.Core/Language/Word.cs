using System.Diagnostics.CodeAnalysis;

namespace Remediator.Core.Language;

/// <summary>
/// Words for a choice, as people write them. <see cref="Enum.TryParse{TEnum}(string, bool, out TEnum)"/> takes numbers too, even of values
/// that there are not, and several words at once.
/// </summary>
public static class Word
{
    /// <summary>Upper and lower case are the same.</summary>
    public static bool TryParse<T>([NotNullWhen(true)] string? text, out T value)
        where T : struct, Enum
    {
        value = default;
        return Enum.GetNames<T>().Contains(text, StringComparer.OrdinalIgnoreCase) && Enum.TryParse(text, ignoreCase: true, out value);
    }
}

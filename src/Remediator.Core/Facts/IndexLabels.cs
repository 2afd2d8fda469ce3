namespace Remediator.Core.Facts;

/// <summary>The labels of an index: those joined on, then those that are compared with fixed texts.</summary>
internal sealed class IndexLabels(string[] on, string[] equal)
{
    public string[] On { get; } = on;

    public string[] Equal { get; } = equal;

    /// <summary>Equal for equal labels.</summary>
    public string Key { get; } = $"{string.Join(',', on)}|{string.Join(',', equal)}";
}

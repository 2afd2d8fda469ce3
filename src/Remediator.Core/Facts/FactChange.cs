namespace Remediator.Core.Facts;

/// <summary>One fact that came, went, or was replaced by another of the same name.</summary>
/// <param name="Before">The very object that is in the view; null where the fact is new.</param>
/// <param name="After">Null where it is gone.</param>
public readonly record struct FactChange(Fact? Before, Fact? After)
{
    public string Name => (Before ?? After)!.Name;
}

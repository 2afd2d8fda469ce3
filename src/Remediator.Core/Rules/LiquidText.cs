namespace Remediator.Core.Rules;

/// <summary>A Liquid template, parsed at load. A value that is not there renders as the empty text.</summary>
public sealed record LiquidText(string Source)
{
    public string Render(IReadOnlyDictionary<string, object> values) => throw new NotSupportedException();
}

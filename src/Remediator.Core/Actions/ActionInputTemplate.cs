namespace Remediator.Core.Actions;

/// <summary>A step's <c>with</c>: literals were bound and checked at load; templates are rendered when the step is planned.</summary>
public sealed record ActionInputTemplate
{
    /// <summary>The action's input record.</summary>
    /// <param name="values">What Liquid sees: <c>alert</c>, <c>resource</c>, <c>params</c>, <c>evidence</c>.</param>
    /// <exception cref="FormatException">A rendered value does not fit; the message names key and value.</exception>
    public object Bind(IReadOnlyDictionary<string, object> values) => throw new NotSupportedException();
}

namespace Remediator.Definitions.Faults;

/// <summary>A mistake in a file of rules, playbooks or their tests.</summary>
/// <param name="File">As people name it: <c>rules/workloads/restart-loop.yaml</c>.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Snippet">The text that could not be read, with a caret under the place; null where the line tells enough.</param>
public sealed record DefinitionFault(string File, int Line, int Column, string Message, string? Snippet = null)
{
    public string Place => $"{File}:{Line}:{Column}";

    public override string ToString() => Snippet is null ? $"{Place}: {Message}" : $"{Place}: {Message}\n{Snippet}";
}

/// <summary>The definitions cannot be used; all that is wrong with them at once.</summary>
public sealed class DefinitionsInvalidException(string what, IReadOnlyList<DefinitionFault> faults)
    : FormatException($"{what}\n{string.Join('\n', faults)}")
{
    public IReadOnlyList<DefinitionFault> Faults { get; } = faults;
}

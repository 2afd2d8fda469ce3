namespace Remediator.Core.Language;

/// <summary>A mistake in a piece of text.</summary>
/// <param name="Offset">Characters before it, from 0.</param>
public readonly record struct TextFault(int Offset, string Message);

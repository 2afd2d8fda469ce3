namespace Remediator.Testing;

/// <summary>What is looked for is not there yet, or who was asked did not answer: see <see cref="Wait"/>.</summary>
public sealed class NotThereYetException(string message) : Exception(message);

namespace Remediator.Server.CommandLine;

/// <summary>Ends a verb with <see cref="ExitCodes.Cannot"/>; the messages are for the person who typed it.</summary>
internal sealed class VerbException(params IReadOnlyList<string> messages) : Exception(string.Join(Environment.NewLine, messages))
{
    public IReadOnlyList<string> Messages { get; } = messages;
}

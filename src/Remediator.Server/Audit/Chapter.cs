namespace Remediator.Server.Audit;

/// <summary>One event, told: a word in the margin, a sentence, and what belongs below it.</summary>
internal sealed record Chapter(string Word, string Sentence, params IReadOnlyList<string> Lines);

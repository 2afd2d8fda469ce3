namespace Remediator.Core.Rules;

/// <summary>Parsed and checked rules, neutral to the engine that will run them.</summary>
public sealed record RuleSet(string Revision);

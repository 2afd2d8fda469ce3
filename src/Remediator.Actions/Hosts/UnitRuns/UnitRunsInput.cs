namespace Remediator.Actions.Hosts.UnitRuns;

public sealed record UnitRunsInput
{
    /// <summary>With its suffix, such as <c>nginx.service</c>.</summary>
    public string Unit { get; init; } = "";
}

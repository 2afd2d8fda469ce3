namespace Remediator.Actions.Hosts.DescribeUnit;

public sealed record DescribeUnitInput
{
    /// <summary>With its suffix, such as <c>nginx.service</c>; one of those that the policy lists for the host.</summary>
    public string Unit { get; init; } = "";
}

using Remediator.Core.Actions;

namespace Remediator.Core.Tests.Actions;

public sealed class TargetIdentityTests
{
    private static readonly ActionPlan Plan = new()
        {
            Summary = "restart",
            Preconditions = new Dictionary<string, string> { ["uid"] = "u1", ["boot_id"] = "b1", ["generation"] = "7" } };

    [Theory]
    [InlineData("uid=u1", null)]
    [InlineData("uid=u1 boot_id=b1", null)]
    [InlineData("uid=u2", "node n1 is another one than the one that was planned for: its uid is u2, not u1")]
    [InlineData("uid=u1 boot_id=b2", "node n1 is another one than the one that was planned for: its boot_id is b2, not b1")]
    [InlineData("instance_id=i-1", "the plan does not say which instance_id of node n1 it is for")]
    [InlineData("", "nothing tells node n1 from another of its name")]
    public void AnotherOne_IsSaidInWords(string live, string? difference) =>
        Assert.Equal(
            difference,
            TargetIdentity.Difference(
                "node n1",
                Plan,
                live.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToDictionary(p => p.Split('=')[0], p => p.Split('=')[1])));

    [Fact]
    public void WhatIsGone_IsNotAnotherOne() => Assert.Null(TargetIdentity.Difference("node n1", Plan, null));
}

using Remediator.Core.Actions;
using Remediator.Core.Commands;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;

namespace Remediator.Core.Tests.Incidents;

/// <summary>Who releases a step, and how many have to.</summary>
public sealed class ApprovalTests
{
    private readonly Bench _bench = new()
    {
        Playbook = Bench.RestartLoop(Mode.Approve, Bench.Step("undo", "kubernetes.rollout-undo")),
        Policy =
            new() { Approvals = [new(new(new Dictionary<string, string> { ["namespace"] = "shop" }), 2), new(PolicyMatch.Everything, 1)] },
    };

    [Fact]
    public void Step_IsDone_OnceTwoPeopleHaveReleasedIt()
    {
        Ask();
        Assert.Equal(2, _bench.Only<ApprovalRequested>().People);
        Assert.Equal(
            new(true, "Noted, 1 of 2: undo to revision 1. Somebody else has to approve it too, until 2026-11-23 12:30:00Z."),
            _bench.Approve("ada"));
        Assert.Empty(_bench.Last.Jobs.OfType<MakePlan>());
        Assert.Equal(
            ("awaiting approval", "undo to revision 1 (until 2026-11-23 12:30:00Z; approved by ada, and somebody else has to as well)"),
            IncidentRows.Status(_bench.State.Incidents[0]));

        Assert.Equal(new(true, "Approved: undo to revision 1."), _bench.Approve("bob"));
        _bench.Planned("undo to revision 1", new Change("t", "f", "a", "b"));
        Assert.Single(_bench.Intents);
        Assert.Equal([2, 2], _bench.Happenings<ApprovalGiven>().Select(a => a.Of));
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("ADA")]
    public void OnePerson_IsNotTwo(string again)
    {
        Ask();
        _bench.Approve("ada");
        Assert.Equal(
            new(false, $"{again} has approved it already, and 2 different people have to: 'undo to revision 1' waits for somebody else."),
            _bench.Approve(again));
        Assert.Single(_bench.Happenings<ApprovalGiven>());
        Assert.Empty(_bench.Intents);
    }

    [Theory]
    [InlineData("ada", "kubernetes:ada")]
    [InlineData("kubernetes:ada", "Ada")]
    [InlineData("kubernetes:system:serviceaccount:shop:deployer", "kubernetes:system:serviceaccount:shop:other")]
    public void OnePerson_WithTwoNames_IsNotTwo(string first, string second)
    {
        Ask();
        Assert.True(_bench.Approve(first).Done);
        Assert.False(_bench.Approve(second).Done);
        Assert.Empty(_bench.Intents);
    }

    [Fact]
    public void ServiceAccounts_OfTwoNamespaces_AreTwo()
    {
        Ask();
        Assert.True(_bench.Approve("kubernetes:system:serviceaccount:shop:deployer").Done);
        Assert.Equal("Approved: undo to revision 1.", _bench.Approve("kubernetes:system:serviceaccount:platform:deployer").Message);
    }

    [Fact]
    public void HolderOfTheTokenFile_IsNeverOneOfTwo()
    {
        Ask();
        Assert.Equal(
            new(
                false,
                "2 different people have to approve it, and operator.token does not identify a person: each needs a token of "
                    + "their own (remediator token create NAME --role approver)."),
            _bench.Approve(Person.TokenFile));
        Assert.True(_bench.Approve("ada").Done);
        Assert.False(_bench.Approve(Person.TokenFile).Done);
        Assert.Empty(_bench.Intents);
    }

    [Fact]
    public void PlanThatHasChanged_AsksBothAgain()
    {
        Ask();
        _bench.Approve("ada");
        _bench.Approve("bob");
        _bench.Planned("undo to revision 2", new Change("t", "f", "a", "c"));
        Assert.Equal(2, _bench.Happenings<ApprovalRequested>().Count());
        Assert.Empty(_bench.Intents);

        Assert.True(_bench.Approve("ada").Done);
        Assert.Empty(_bench.Last.Jobs.OfType<MakePlan>());
        Assert.Equal("Approved: undo to revision 2.", _bench.Approve("cyd").Message);
    }

    [Fact]
    public void OneOfTwo_UntilItsEnd_IsHandedToPeople()
    {
        Ask();
        _bench.Approve("ada");
        _bench.Wake(TimeSpan.FromMinutes(30));
        Assert.Equal("nobody approved 'undo' in time: undo to revision 1", _bench.Only<Escalated>().Reason);
    }

    [Fact]
    public void WithoutAPolicy_OneIsEnough()
    {
        _bench.Policy = Policy.Default;
        Ask();
        Assert.Equal(new(true, "Approved: undo to revision 1."), _bench.Approve("ada"));
    }

    private void Ask()
    {
        _bench.Fire();
        _bench.Planned("undo to revision 1", new Change("t", "f", "a", "b"));
    }
}

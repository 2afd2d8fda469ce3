using Remediator.Core.Journal;
using Remediator.Core.Resources;
using static Remediator.Journal.Tests.Samples;

namespace Remediator.Journal.Tests.Conformance;

public abstract class PermitConformance(PostgresDatabase? database) : StoreConformance(database)
{
    [Fact]
    public async Task Permit_WithinItsBudget_IsHeldFromTheCommit()
    {
        Assert.Equal(new CommitResult.Committed(1), await AcquireAsync("a", "incident-1", [new("zone=a", 2), new("all", 9)]));

        Assert.Equal(
            [
                new Permit("incident-1", "all", Noon, Deployment("a").ToString()),
                new Permit("incident-1", "zone=a", Noon, Deployment("a").ToString())],
            await Journal.PermitsAsync(Token));
    }

    [Fact]
    public async Task Permit_BeyondItsBudget_IsDeniedInWordsAndLeavesNothing()
    {
        await AcquireAsync("a", "incident-1", [new("zone=a", 2)]);
        await AcquireAsync("b", "incident-2", [new("zone=a", 2)]);

        var denied = await AcquireAsync("c", "incident-3", [new("all", 9), new("zone=a", 2)]);

        Assert.Equal(
            new CommitResult.PermitDenied("Budget 'zone=a' is used up: 2 of 2 in flight; now: incidents incident-1, incident-2"), denied);
        Assert.Equal(0, (await Journal.LoadAsync(Deployment("c"), Token)).Version);
        Assert.DoesNotContain(await Journal.PermitsAsync(Token), permit => permit.IncidentId == "incident-3");
    }

    [Fact]
    public async Task Held_IsAllThatIsInFlight()
    {
        await AcquireAsync("a", "incident-1", [new("zone=a", 9) { Rate = Hourly(9) }], claims: ["a"], shared: ["node"]);
        await AcquireAsync("b", "incident-2", [new("zone=a", 9)], shared: ["node"]);

        var held = await Journal.HeldAsync(Token);

        Assert.Equal(["incident-1", "incident-2"], held.Permits.Select(p => p.IncidentId));
        Assert.Equal(
            [
                new Claim("incident-1", Deployment("a").ToString(), false), new("incident-1", Deployment("node").ToString(), true),
                new("incident-2", Deployment("node").ToString(), true)],
            held.Claims);
        Assert.Equal([new BudgetStart("zone=a", Noon)], held.Starts);
    }

    [Fact]
    public async Task Unhealthy_TakesAPlace_AndOneThatIsInFlightTooTakesOne()
    {
        var budget = new BudgetLimit("zone=a", 3) { Unhealthy = [Deployment("a"), Deployment("b"), Deployment("c")] };
        Assert.Equal(new CommitResult.Committed(1), await AcquireAsync("a", "incident-1", [budget]));
        Assert.Equal(new CommitResult.Committed(1), await AcquireAsync("b", "incident-2", [budget]));
        Assert.Equal(
            new CommitResult.PermitDenied(
                "Budget 'zone=a' is used up: 2 of 3 in flight and 3 unhealthy; now: incidents incident-1, incident-2"),
            await AcquireAsync("d", "incident-4", [budget]));
        Assert.Equal(new CommitResult.Committed(1), await AcquireAsync("c", "incident-3", [budget]));
    }

    [Fact]
    public async Task Rate_CountsChanges_NotIncidents_AndTheirEndGivesNothingBack()
    {
        var budget = new BudgetLimit("zone=a", 9) { Rate = Hourly(2) };
        await AcquireAsync("a", "incident-1", [budget, budget]);
        Assert.Single((await Journal.HeldAsync(Token)).Starts);
        await AcquireAsync("a", "incident-1", [budget], version: 1);
        await Journal.CommitAsync(Commit(Deployment("a"), 2) with { Release = ["incident-1"] }, Token);

        Assert.Equal(2, (await Journal.HeldAsync(Token)).Starts.Count);
        Assert.Equal(
            new CommitResult.PermitDenied("Budget 'zone=a' is used up: 2 changes within 1h are allowed, and that many have started."),
            await AcquireAsync("b", "incident-2", [budget], at: Noon.AddMinutes(59)));
        Assert.Equal(new CommitResult.Committed(1), await AcquireAsync("b", "incident-2", [budget], at: Noon.AddMinutes(60)));
    }

    [Fact]
    public async Task Rate_ForgetsWhatIsLongOver()
    {
        var budget = new BudgetLimit("zone=a", 9) { Rate = Hourly(2) };
        await AcquireAsync("a", "incident-1", [budget]);
        await AcquireAsync("b", "incident-2", [budget], at: Noon.AddHours(4));

        Assert.Equal([new BudgetStart("zone=a", Noon.AddHours(4))], (await Journal.HeldAsync(Token)).Starts);
    }

    [Theory]
    [InlineData("a", "", "a", "", false)]
    [InlineData("a", "", "", "a", false)]
    [InlineData("", "a", "a", "", false)]
    [InlineData("", "a", "", "a", true)]
    [InlineData("a", "", "b", "", true)]
    public async Task Claims_ExcludeEachOther_UnlessBothShare(
        string claim, string share, string otherClaim, string otherShare, bool together)
    {
        string[] Of(string name) => name.Length == 0 ? [] : [name];
        await AcquireAsync("x", "incident-1", [], claims: Of(claim), shared: Of(share));
        var second = await AcquireAsync("y", "incident-2", [], claims: Of(otherClaim), shared: Of(otherShare));

        Assert.Equal(together, second is CommitResult.Committed);
        await Journal.CommitAsync(Commit(Deployment("x"), 1) with { Release = ["incident-1"] }, Token);
        Assert.Equal(new CommitResult.Committed(1), await AcquireAsync("z", "incident-3", [], shared: ["c"]));
        Assert.IsType<CommitResult.Committed>(
            together ? second : await AcquireAsync("y", "incident-2", [], claims: Of(otherClaim), shared: Of(otherShare)));
    }

    [Fact]
    public async Task Shared_HeldByAnotherIncident_IsDeniedAndNamesIt()
    {
        await AcquireAsync("a", "incident-1", [], shared: ["node"]);
        Assert.Equal(
            new CommitResult.PermitDenied("Resource deployment shop/node is shared with work above or below it; now: incident incident-1"),
            await AcquireAsync("b", "incident-2", [], claims: ["node"]));
    }

    [Fact]
    public async Task Permit_OfABudgetOfNothing_IsDenied() =>
        Assert.Equal(
            new CommitResult.PermitDenied("Budget 'zone=a' allows 0 at once."), await AcquireAsync("a", "incident-1", [new("zone=a", 0)]));

    [Fact]
    public async Task Permit_DeniedByMany_NamesTheFirstOfThem()
    {
        for (var i = 1; i <= 7; i++)
            await AcquireAsync($"r{i}", $"incident-{i}", [new("all", 7)]);

        Assert.Equal(
            new CommitResult.PermitDenied(
                "Budget 'all' is used up: 7 of 7 in flight; now: incidents incident-1, incident-2, incident-3, incident-4, "
                    + "incident-5 and 2 more"),
            await AcquireAsync("r8", "incident-8", [new("all", 7)]));
    }

    [Fact]
    public async Task Permit_AskedForAgainByItsIncident_IsKeptAndCountsOnce()
    {
        await AcquireAsync("a", "incident-1", [new("all", 1)], claims: ["a", "a-node"]);
        Assert.Equal(
            new CommitResult.Committed(2), await AcquireAsync("a", "incident-1", [new("all", 1)], version: 1, claims: ["a", "a-node"]));

        Assert.Single(await Journal.PermitsAsync(Token));
        Assert.IsType<CommitResult.PermitDenied>(await AcquireAsync("b", "incident-2", [new("all", 1)]));
    }

    [Fact]
    public async Task Claim_HeldByAnotherIncident_IsDeniedAndNamesIt()
    {
        await AcquireAsync("a", "incident-1", [new("all", 9)], claims: ["a", "shared"]);

        var denied = await AcquireAsync("b", "incident-2", [new("all", 9)], claims: ["b", "shared"]);

        Assert.Equal(new CommitResult.PermitDenied("Resource deployment shop/shared is claimed; now: incident incident-1"), denied);
        Assert.Single(await Journal.PermitsAsync(Token));
        Assert.Equal(new CommitResult.Committed(1), await AcquireAsync("c", "incident-3", [], claims: ["b"]));
    }

    [Fact]
    public async Task Release_EndsPermitsAndClaimsOfItsIncidentsOnly()
    {
        await AcquireAsync("a", "incident-1", [new("all", 3)], claims: ["shared"]);
        await AcquireAsync("b", "incident-2", [new("all", 3)], claims: ["other"]);
        await Journal.CommitAsync(Commit(Deployment("a"), 1) with { Release = ["incident-1", "unknown"] }, Token);

        Assert.Equal("incident-2", Assert.Single(await Journal.PermitsAsync(Token)).IncidentId);
        Assert.Equal(new CommitResult.Committed(1), await AcquireAsync("c", "incident-3", [], claims: ["shared"]));
        Assert.IsType<CommitResult.PermitDenied>(await AcquireAsync("d", "incident-4", [], claims: ["other"]));
    }

    [Fact]
    public async Task Release_AndAcquireInOneCommit_HandsThePlaceOver()
    {
        await AcquireAsync("a", "incident-1", [new("all", 1)], claims: ["a"]);

        var result = await Journal.CommitAsync(Commit(Deployment("a"), 1, Event()) with
        {
            Release = ["incident-1"],
            Acquire = new("incident-2", [new("all", 1)], [Deployment("a")])
        }, Token);

        Assert.Equal(new CommitResult.Committed(2), result);
        Assert.Equal("incident-2", Assert.Single(await Journal.PermitsAsync(Token)).IncidentId);
    }

    [Fact]
    public async Task Release_InACommitThatIsDenied_IsUndone()
    {
        await AcquireAsync("a", "incident-1", [new("all", 1)]);
        await Journal.CommitAsync(
            Commit(Deployment("a"), 1) with { Release = ["incident-1"], Acquire = new("incident-1", [new("none", 0)], []) }, Token);

        Assert.Equal("all", Assert.Single(await Journal.PermitsAsync(Token)).Budget);
    }

    [Fact]
    public async Task Incidents_ThatAskAtOnce_NeverExceedTheBudget()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => AcquireAsync($"r{i}", $"incident-{i}", [new("all", 7)])));

        Assert.Equal(7, results.Count(result => result is CommitResult.Committed));
        Assert.Equal(7, (await Journal.PermitsAsync(Token)).Count);
    }

    [Fact]
    public async Task Permit_DecidedOnWhatHasChangedMeanwhile_IsDenied()
    {
        var pauses = new ResourceKey("prod", "engine", "", "pauses");
        Task<CommitResult> Decided(long on) => Journal.CommitAsync(
            Commit(
                Deployment("a"),
                0,
                Event()) with { Acquire = new PermitRequest("incident-1", [], []) { Seen = new(pauses, on, "what is paused") } },
            Token);

        await Journal.CommitAsync(Commit(pauses, 0, Event()), Token);

        Assert.Equal(new CommitResult.PermitDenied("Meanwhile what is paused changed; it is decided again."), await Decided(on: 0));
        Assert.Equal(new CommitResult.Committed(1), await Decided(on: 1));
    }

    [Fact]
    public async Task Place_TakenBySomethingElseThanTheResource_IsOnItsName()
    {
        var (n1, n2) = (new ResourceKey("prod", "node", "", "n1"), new ResourceKey("prod", "node", "", "n2"));
        Assert.Equal(
            new CommitResult.Committed(1), await AcquireAsync("a", "incident-1", [new("nodes", 2) { Takes = n1, Unhealthy = [n1] }]));
        Assert.Equal("prod/node//n1", Assert.Single(await Journal.PermitsAsync(Token)).Resource);

        Assert.IsType<CommitResult.PermitDenied>(await AcquireAsync("b", "incident-2", [new("nodes", 1) { Takes = n2 }]));
        Assert.Equal(
            new CommitResult.Committed(1), await AcquireAsync("b", "incident-2", [new("nodes", 2) { Takes = n2, Unhealthy = [n1] }]));
    }

    private static ChangeRate Hourly(int most) => new(most, TimeSpan.FromHours(1));

    private Task<CommitResult> AcquireAsync(
        string name, string incident, BudgetLimit[] budgets, long version = 0, string[]? claims = null, string[]? shared = null,
        DateTimeOffset? at = null) =>
        Journal.CommitAsync(Commit(Deployment(name), version, Event()) with
        {
            At = at ?? Noon,
            Acquire = new PermitRequest(incident, budgets, [.. (claims ?? []).Select(Deployment)])
                { Shared = [.. (shared ?? []).Select(Deployment)] }
        }, Token);
}

using Microsoft.Extensions.Time.Testing;
using Remediator.Core.Pages;
using Remediator.Sources.Alertmanager.Silences;
using Remediator.Testing;

namespace Remediator.Sources.Tests.Alertmanager.Silences;

public sealed class SilenceWatchTests
{
    private const string Path = "/api/v2/silences";
    private const string Answers = """
        [
          {"id":"s1","status":{"state":"active"},"updatedAt":"2026-11-24T12:00:00.000Z","comment":"moving house","createdBy":"bob","endsAt":"2026-11-24T14:00:00.000Z","matchers":[{"isEqual":true,"isRegex":false,"name":"namespace","value":"shop"},{"isRegex":true,"name":"pod","value":"api-.*"},{"isEqual":false,"isRegex":false,"name":"severity","value":"critical"}],"startsAt":"2026-11-24T12:00:00.000Z"},
          {"id":"s2","status":{"state":"expired"},"comment":"over","createdBy":"bob","endsAt":"2026-11-24T11:00:00.000Z","matchers":[],"startsAt":"2026-11-24T10:00:00.000Z"}
        ]
        """;

    private static readonly DateTimeOffset Now = new(2026, 11, 24, 13, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Silences_AreReadAsAlertmanagerTellsThem()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Always("GET", Path, new(200, Answers));
        using var groups = Watch(endpoint.Url);
        var watch = groups.Silences;

        await watch.ReadAsync(Token);

        var silence = Assert.Single(Eu(watch).Silences);
        Assert.Equal(("s1", "bob", "moving house"), (silence.Id, silence.CreatedBy, silence.Comment));
        Assert.Equal((Now, ""), (Eu(watch).ReadAt, Eu(watch).Problem));
        Assert.True(silence.Covers(
            new Dictionary<string, string> { ["namespace"] = "shop", ["pod"] = "api-7", ["severity"] = "warning" }, Now));
        Assert.False(silence.Covers(
            new Dictionary<string, string> { ["namespace"] = "shop", ["pod"] = "api-7", ["severity"] = "critical" }, Now));
    }

    [Fact]
    public async Task OneOfASet_ThatAnswers_IsEnough()
    {
        await using var away = await HttpEndpoint.StartAsync();
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Always("GET", Path, new(200, Answers));
        WasStarted(endpoint, TimeSpan.FromMinutes(6));
        using var groups = Watch(away.Url, endpoint.Url);
        var watch = groups.Silences;

        await watch.ReadAsync(Token);

        Assert.Single(Eu(watch).Silences);
        Assert.Equal("", Eu(watch).Problem);
    }

    /// <summary>It was started anew with nothing, and nobody is there who could tell it.</summary>
    [Fact]
    public async Task ReplicaThatWasStartedLately_ProvesNothing_WhileTheOthersAreAway()
    {
        await using var away = await HttpEndpoint.StartAsync();
        await using var anew = await HttpEndpoint.StartAsync();
        anew.Always("GET", Path, new(200, "[]"));
        WasStarted(anew, TimeSpan.FromMinutes(4));
        using var groups = Watch(away.Url, anew.Url);

        await groups.Silences.ReadAsync(Token);

        Assert.False(Eu(groups.Silences).IsFresh(Now));
        Assert.EndsWith(
            "The others were started less than 5 minutes ago and may not know of every silence.", Eu(groups.Silences).Problem,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_IsGone_OnceItIsListedAsOver_NotBecauseNoReplicaHasIt()
    {
        await using var one = await HttpEndpoint.StartAsync();
        await using var other = await HttpEndpoint.StartAsync();
        one.Once("GET", Path, new(200, Answers)).Once("GET", Path, new(200, "[]")).Always("GET", Path, new(500));
        other.Always("GET", Path, new(200, "[]"));
        WasStarted(other, TimeSpan.FromHours(1));
        using var groups = Watch(one.Url, other.Url);
        var watch = groups.Silences;

        for (var round = 0; round < 3; round++)
        {
            await watch.ReadAsync(Token);
            Assert.Equal(["s1"], Eu(watch).Silences.Select(s => s.Id));
            Assert.Equal("", Eu(watch).Problem);
        }

        other.Always("GET", Path, new(200, Answers.Replace("\"active\"", "\"expired\"", StringComparison.Ordinal)));
        await watch.ReadAsync(Token);
        Assert.Empty(Eu(watch).Silences);
        Assert.Empty(Eu(watch).Lost);
    }

    /// <summary>As a single Alertmanager without a volume, once it was started again.</summary>
    [Fact]
    public async Task SilenceOfAPerson_ThatTheWholeGroupHasLost_HoldsForADay_AndOneOfOursNoMore()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        var lasting = Answers.Replace("2026-11-24T14:00:00.000Z", "2026-12-24T14:00:00.000Z", StringComparison.Ordinal);
        endpoint.Once("GET", Path, new(200, lasting)).Always("GET", Path, new(200, "[]"));
        using var groups = Watch(endpoint.Url);
        groups.Silences.Remember("alertmanager/eu", Ours("held page"));
        await groups.Silences.ReadAsync(Token);
        var lostAt = _time.GetUtcNow();

        for (var minutes = 0; minutes < 24 * 60; minutes += 10)
        {
            await groups.Silences.ReadAsync(Token);
            Assert.Equal(["s1"], Eu(groups.Silences).Silences.Select(s => s.Id));
            Assert.Equal(lostAt, Eu(groups.Silences).Lost["s1"]);
            Assert.True(Eu(groups.Silences).IsFresh(_time.GetUtcNow()));
            _time.Advance(TimeSpan.FromMinutes(10));
        }

        await groups.Silences.ReadAsync(Token);
        Assert.Empty(Eu(groups.Silences).Silences);
        await groups.Silences.ReadAsync(Token);
        Assert.Empty(Eu(groups.Silences).Lost);
        Assert.Single(groups.Log.Lines, l => l.Text.Contains("lists silence s1 no more", StringComparison.Ordinal));
    }

    /// <summary>The same matchers in another order; others, and the same of before the loss, end nothing.</summary>
    [Fact]
    public async Task SilenceThatTheGroupHasLost_IsEnded_ByAPersonWhoMakesItAgainAndEndsThat()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Once("GET", Path, new(200, Answers)).Once("GET", Path, new(200, "[]"));
        using var groups = Watch(endpoint.Url);
        await groups.Silences.ReadAsync(Token);
        await groups.Silences.ReadAsync(Token);
        Assert.Single(Eu(groups.Silences).Lost);
        _time.Advance(TimeSpan.FromMinutes(10));

        endpoint.Once("GET", Path, new(200, Over("12:30", "shop"))).Once("GET", Path, new(200, Over("13:05", "other")))
            .Always("GET", Path, new(200, Over("13:05", "shop")));
        for (var others = 0; others < 2; others++)
        {
            await groups.Silences.ReadAsync(Token);
            Assert.Single(Eu(groups.Silences).Silences);
        }

        await groups.Silences.ReadAsync(Token);
        Assert.Empty(Eu(groups.Silences).Silences);
        Assert.Empty(Eu(groups.Silences).Lost);

        static string Over(string endedAt, string space) =>
            $$"""
            [{"id":"s9","status":{"state":"expired"},"comment":"","createdBy":"bob","startsAt":"2026-11-24T12:00:00Z",
              "endsAt":"2026-11-24T{{endedAt}}:00Z","matchers":[{"isRegex":true,"name":"pod","value":"api-.*"},
              {"isEqual":true,"isRegex":false,"name":"namespace","value":"{{space}}"},
              {"isEqual":false,"isRegex":false,"name":"severity","value":"critical"}]}]
            """;
    }

    [Fact]
    public async Task SilenceThatNobodyListsAnyMore_IsOverAtItsEnd()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        await using var away = await HttpEndpoint.StartAsync();
        endpoint.Once("GET", Path, new(200, Answers)).Always("GET", Path, new(200, "[]"));
        WasStarted(endpoint, TimeSpan.FromHours(1));
        using var groups = Watch(endpoint.Url, away.Url);

        await groups.Silences.ReadAsync(Token);
        _time.Advance(TimeSpan.FromMinutes(59));
        await groups.Silences.ReadAsync(Token);
        Assert.Single(Eu(groups.Silences).Silences);
        _time.Advance(TimeSpan.FromMinutes(2));
        await groups.Silences.ReadAsync(Token);
        Assert.Empty(Eu(groups.Silences).Silences);
    }

    [Theory]
    [InlineData(500, "[]")]
    [InlineData(200, "<html>")]
    [InlineData(200, "[null]")]
    public async Task WhatCannotBeRead_LeavesWhatWasRead_WithItsTimeAndTheReason(int status, string body)
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Once("GET", Path, new(200, Answers)).Always("GET", Path, new(status, body));
        using var groups = Watch(endpoint.Url);
        var watch = groups.Silences;
        await watch.ReadAsync(Token);
        _time.Advance(TimeSpan.FromMinutes(5));

        await watch.ReadAsync(Token);

        Assert.Single(Eu(watch).Silences);
        Assert.Equal(Now, Eu(watch).ReadAt);
        Assert.StartsWith(endpoint.Url.ToString(), Eu(watch).Problem, StringComparison.Ordinal);
        Assert.False(Eu(watch).IsFresh(_time.GetUtcNow()));
    }

    [Fact]
    public async Task SilenceOfOurOwn_ThatIsMadeOrEnded_WhileTheListIsRead_IsNotLost()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Always("GET", Path, new(200, Answers));
        var gate = new TaskCompletionSource();
        endpoint.Gate = gate.Task;
        using var groups = Watch(endpoint.Url);
        var watch = groups.Silences;
        watch.Remember("alertmanager/eu", Ours("s1"));

        var reading = watch.ReadAsync(Token);
        await endpoint.NextAsync("GET", Path, 1, Token);
        watch.Remember("alertmanager/eu", Ours("made meanwhile"));
        watch.Forget("alertmanager/eu", "s1");
        gate.SetResult();
        await reading;

        Assert.Equal(["made meanwhile"], Eu(watch).Silences.Select(s => s.Id));
        await watch.ReadAsync(Token);
        Assert.Equal(["s1"], Eu(watch).Silences.Select(s => s.Id));
    }

    [Fact]
    public async Task Patterns_AreCompiledOnce_AndNotAtEachReading()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Always("GET", Path, new(200, Answers));
        using var groups = Watch(endpoint.Url);

        await groups.Silences.ReadAsync(Token);
        var first = Eu(groups.Silences).Silences.SelectMany(s => s.Matchers).ToList();
        await groups.Silences.ReadAsync(Token);

        Assert.Equal(3, first.Count);
        Assert.All(Eu(groups.Silences).Silences.SelectMany(s => s.Matchers).Zip(first), pair => Assert.Same(pair.First, pair.Second));
    }

    [Fact]
    public async Task Group_ThatDoesNotAnswer_KeepsItsSilences_WhileAnotherDoes_AndThenCannotBeKnown()
    {
        await using var eu = await HttpEndpoint.StartAsync();
        await using var us = await HttpEndpoint.StartAsync();
        eu.Always("GET", Path, new(200, "[]"));
        us.Once("GET", Path, new(200, Answers)).Always("GET", Path, new(500));
        using var groups = new Groups(_time, Groups.Group("eu", eu.Url.ToString()), Groups.Group("us", us.Url.ToString()));
        await groups.Silences.ReadAsync(Token);

        _time.Advance(TimeSpan.FromSeconds(100));
        await groups.Silences.ReadAsync(Token);
        var soon = groups.Silences.Current;
        Assert.Equal("s1", Assert.Single(Assert.Single(soon.For("alertmanager/us")).Silences).Id);
        Assert.True(soon.Groups[1].IsFresh(_time.GetUtcNow()));
        Assert.StartsWith(us.Url.ToString(), soon.Groups[1].Problem, StringComparison.Ordinal);
        Assert.Contains(groups.Log.Lines, l => l.Text.Contains("The silences of alertmanager/us cannot be read", StringComparison.Ordinal));

        _time.Advance(TimeSpan.FromSeconds(100));
        await groups.Silences.ReadAsync(Token);
        var later = groups.Silences.Current;
        Assert.Equal([true, false], later.Groups.Select(g => g.IsFresh(_time.GetUtcNow())));
        Assert.Single(later.Groups[1].Silences);
        Assert.True(Assert.Single(later.For("alertmanager/eu")).IsFresh(_time.GetUtcNow()));
        Assert.Equal(2, later.For("alertmanager").Count());
    }

    [Fact]
    public async Task Replica_ThatHangs_DoesNotMakeItsGroupOld()
    {
        await using var hangs = await HttpEndpoint.StartAsync();
        await using var answers = await HttpEndpoint.StartAsync();
        hangs.Always("GET", Path, new(Status: null));
        answers.Always("GET", Path, new(200, Answers));
        WasStarted(answers, TimeSpan.FromHours(1));
        using var groups = Watch(hangs.Url, answers.Url);

        var reading = groups.Silences.ReadAsync(Token);
        await hangs.NextAsync("GET", Path, 1, Token);
        _time.Advance(TimeSpan.FromSeconds(10));

        // the client itself would wait for 20 s
        await reading.WaitAsync(Wait.Patience, Token);
    }

    [Fact]
    public async Task PatternThatCannotBeRead_IsToldOnce_AndHoldsAsFarAsTheOtherMatchersLetIt()
    {
        await using var endpoint = await HttpEndpoint.StartAsync();
        endpoint.Always(
            "GET",
            Path,
            new(
                200,
                """[{"id":"s1","createdBy":"bob","comment":"","startsAt":"2026-11-24T12:00:00Z","endsAt":"2026-11-24T14:00:00Z","matchers":[{"name":"namespace","value":"shop","isRegex":false,"isEqual":true},{"name":"pod","value":"\\p{Greek}+","isRegex":true,"isEqual":true}]}]"""));
        using var groups = Watch(endpoint.Url);

        await groups.Silences.ReadAsync(Token);
        await groups.Silences.ReadAsync(Token);

        var silence = Assert.Single(Eu(groups.Silences).Silences);
        Assert.True(silence.Covers(new Dictionary<string, string> { ["namespace"] = "shop", ["pod"] = "api" }, Now));
        Assert.False(silence.Covers(new Dictionary<string, string> { ["namespace"] = "other", ["pod"] = "api" }, Now));
        Assert.Contains(
            "pod=~\"\\p{Greek}+\"",
            Assert.Single(groups.Log.Lines, l => l.Text.Contains("cannot be read", StringComparison.Ordinal)).Text,
            StringComparison.Ordinal);
    }

    private static Silence Ours(string id) => new(id, Silence.Ours, "", Now.AddMinutes(-1), Now.AddMinutes(5), []);

    private static void WasStarted(HttpEndpoint endpoint, TimeSpan ago) =>
        endpoint.Always("GET", "/api/v2/status", new(200, $$"""{"uptime":"{{TimeProvider.System.GetUtcNow() - ago:O}}"}"""));

    private static GroupSilences Eu(SilenceWatch watch) => watch.Current.Groups[0];

    private Groups Watch(params Uri[] urls) => new(_time, Groups.Group("eu", [.. urls.Select(u => u.ToString())]));
}

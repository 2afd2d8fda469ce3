using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Core.Facts;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;
using Remediator.Core.Rules;
using Remediator.Core.Safety;
using Remediator.Core.Tests.Incidents;

namespace Remediator.Core.Tests.Safety;

/// <summary>What several workloads wait for is told once, at the cluster or the namespace, and none of them tells it again.</summary>
public sealed class SharedCauseTests
{
    private readonly Bench _bench = new()
    {
        Crashing = false,
        Playbook = Bench.RestartLoop(Mode.Auto) with { Problem = [Condition.Parse("workload{desired=\"3\"}")] },
    };

    public static TheoryData<string, string, string, string> Causes => new()
    {
        { "reason=Unschedulable phase=Pending age_minutes=9", "pod", "test/cluster//test", "no node takes their pods" },
        {
            "unready_sidecar=linkerd-proxy phase=Running unready_minutes=9", "pod", "test/cluster//test",
            "their sidecar linkerd-proxy is not ready, and their own containers are"
        },
        {
            "gate=example.com/ready phase=Running unready_minutes=9", "pod", "test/cluster//test",
            "nobody sets their readiness gate example.com/ready"
        },
        {
            "replica_failure=exceeded_quota:_pods,_requested:_pods=1", "workload", "test/namespace//shop",
            "resourcequota/pods leaves no room for their pods"
        },
        {
            "replica_failure=failed_calling_webhook_\"inject.example\":_x509:_certificate_has_expired", "workload", "test/cluster//test",
            "the admission webhook inject.example lets none of their pods be created"
        },
        {
            "waiting=CreateContainerConfigError missing=secret/db", "container", "test/namespace//shop",
            "secret/db is missing, and they cannot start without it"
        },
        {
            "waiting=CreateContainerConfigError missing=configmap/app:url", "container", "test/namespace//shop",
            "configmap/app:url is missing, and they cannot start without it"
        },
        {
            "replica_failure=pods_\"x\"_is_forbidden:_error_looking_up_service_account_shop/ci:_serviceaccount_\"ci\"_not_found",
            "workload", "test/namespace//shop", "serviceaccount/ci is missing, and they cannot start without it"
        },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    public void ThreeThatWaitForTheSame_AreHeld_AndItsHomeTellsOnce(string fields, string kind, string home, string words)
    {
        var place = new Bench { Resource = Key(home), IsThere = false };
        Lay(place, [FactOf("api", kind, fields), FactOf("web", kind, fields), FactOf("cart", kind, fields)]);
        _bench.Fire();
        Assert.Equal(("root cause busy", $"{words}; nothing is done here before that is over"), Held());
        Assert.Empty(_bench.Happenings<Escalated>());
        Assert.Equal([place.Resource], SharedCauseWatch.Unheard(_bench.State, _bench.World()));

        place.Wake();
        place.Wake(TimeSpan.FromMinutes(4));
        Assert.Empty(place.Happenings<Escalated>());
        place.Wake(TimeSpan.FromMinutes(1));
        var told = place.Only<Escalated>();
        Assert.Equal($"3 workloads wait for the same: {words}.", told.Message);
        Assert.Equal("deployment shop/api, deployment shop/cart, deployment shop/web", told.Evidence);
        place.Report(place.Job<TellPeople>(), new PeopleTold([new("notify.alertmanager", null)]));

        _bench.Open.Add(place.Row(place.Only<IncidentOpened>().Problem));
        _bench.Wake(TimeSpan.FromHours(5));
        Assert.Empty(_bench.Happenings<Escalated>());
        Assert.Empty(SharedCauseWatch.Unheard(_bench.State, _bench.World()));
        Assert.Equal(
            $"{words} (incident {_bench.Open[0].Id}); nothing is done here before that is over", _bench.State.Incidents[0].Hold?.Reason);

        Lay(place, [FactOf("api", kind, fields)]);
        place.Wake(TimeSpan.FromMinutes(1));
        place.Report(place.Job<TellPeople>(), new PeopleTold([new("notify.alertmanager", null)]));
        Assert.Single(place.Happenings<IncidentClosed>());
        _bench.Open.Clear();
        _bench.Wake(TimeSpan.FromMinutes(1));
        Assert.Single(_bench.Happenings<Escalated>());
    }

    [Theory]
    [MemberData(nameof(Causes))]
    public void TwoThatWaitForTheSame_TellEachForItself(string fields, string kind, string home, string words)
    {
        Assert.NotEmpty(home + words);
        _bench.Cluster = [FactOf("api", kind, fields), FactOf("web", kind, fields)];
        _bench.Fire();
        Assert.Empty(_bench.Happenings<Held>());
        Assert.Single(_bench.Happenings<Escalated>());
    }

    /// <summary>What crashes, or lacks its image or configuration, has that of its own, whatever another pod of it waits for.</summary>
    [Theory]
    [InlineData("crashing=true phase=Running", "pod")]
    [InlineData("waiting=CreateContainerConfigError", "container")]
    public void TroubleOfItsOwn_IsToldAllTheSame(string own, string kind)
    {
        _bench.Cluster =
        [
            FactOf("api", kind, own),
            .. new[] { "api", "web", "cart", "mail" }.Select(n => FactOf(n, "pod", "reason=Unschedulable phase=Pending age_minutes=9")),
        ];
        _bench.Fire();
        Assert.Empty(_bench.Happenings<Held>());
    }

    [Theory]
    [InlineData("reason=Unschedulable phase=Pending age_minutes=4", "pod")] // its place may come at once
    [InlineData("reason=Unschedulable phase=Pending age_minutes=1500", "pod")] // was so yesterday
    [InlineData("reason=Unschedulable phase=Pending age_minutes=9 terminating=true", "pod")]
    [InlineData("unready_sidecar=linkerd-proxy phase=Running unready_minutes=9 crashing=true", "pod")]
    [InlineData("replica_failure=violates_PodSecurity_\"restricted\"", "workload")] // each of its own
    public void WhatIsYoung_OldOrItsOwn_IsNotShared(string fields, string kind)
    {
        _bench.Cluster = [.. new[] { "api", "web", "cart", "mail" }.Select(n => FactOf(n, kind, fields))];
        _bench.Fire();
        Assert.Empty(_bench.Happenings<Held>());
    }

    /// <summary>What they share is no answer to what one of them lacks besides.</summary>
    [Theory]
    [InlineData("waiting=ImagePullBackOff")]
    [InlineData("waiting=CreateContainerConfigError missing=secret/own")]
    [InlineData("waiting=CreateContainerError")]
    public void WhoLacksSomethingElseToo_TellsItAllTheSame(string own)
    {
        _bench.Cluster =
        [
            FactOf("api", "container", own),
            .. new[] { "api", "web", "cart", "mail" }.Select(
                n => FactOf(n, "container", "waiting=CreateContainerConfigError missing=secret/db")),
        ];
        _bench.Fire();
        Assert.Empty(_bench.Happenings<Held>());
    }

    /// <summary>
    /// Secrets of several namespaces may have the same name, keys of one Secret are of one, and an object without a name may be any.
    /// </summary>
    [Theory]
    [InlineData("secret/db", "secret/db", "secret/db", "shop", true)]
    [InlineData("secret/db:user", "secret/db:password", "secret/db", "shop", true)]
    [InlineData("secret/db", "secret/db", "secret/db", "pay", false)]
    [InlineData("secret/db", "configmap/db", "secret/db", "shop", false)]
    [InlineData("secret/?:a", "secret/?:a", "secret/?:a", "shop", false)]
    public void OnlyTheSameObjectOfTheirNamespace_IsShared(string first, string second, string third, string spaceOfThird, bool isShared)
    {
        FactDraft[] lacks = [new("api", first, "shop"), new("web", second, "shop"), new("cart", third, spaceOfThird)];
        _bench.Cluster =
        [
            .. lacks.Select(l => FactOf(l.Workload, "container", $"waiting=CreateContainerConfigError missing={l.Missing}", l.Space)),
        ];
        _bench.Fire();
        Assert.Equal(isShared, _bench.Happenings<Held>().Any(h => h.Guard == "root cause busy"));
    }

    /// <summary>In two namespaces each lacks a Secret of its own, that has the same name.</summary>
    [Fact]
    public void OfTwoNamespaces_EachTellsForItself()
    {
        _bench.Cluster =
        [
            .. new[] { "a", "shop" }.SelectMany(space => new[] { "api", "web", "cart" }.Select(
                n => FactOf(n, "container", "waiting=CreateContainerConfigError missing=secret/db", space))),
        ];
        _bench.Fire();
        Assert.Equal([Storms.Namespace("test", "shop")], SharedCauseWatch.Unheard(_bench.State, _bench.World()));
    }

    /// <summary>It was told, and the workloads do not begin to tell it each when it has lasted for a day.</summary>
    [Theory]
    [InlineData("reason=Unschedulable phase=Pending age_minutes=")]
    [InlineData("unready_sidecar=linkerd-proxy phase=Running unready_minutes=")]
    public void WhatLastsForDays_StaysOneIncident(string fields)
    {
        var place = new Bench { Resource = Storms.Cluster("test"), IsThere = false };
        Lay(place, [.. new[] { "api", "web", "cart" }.Select(n => FactOf(n, "pod", $"{fields}9"))]);
        place.Wake();
        place.Wake(TimeSpan.FromMinutes(5));
        place.Report(place.Job<TellPeople>(), new PeopleTold([new("notify.alertmanager", null)]));
        _bench.Open.Add(place.Row(place.Only<IncidentOpened>().Problem));

        Lay(place, [.. new[] { "api", "web", "cart" }.Select(n => FactOf(n, "pod", $"{fields}1600"))]);
        place.Wake(TimeSpan.FromHours(26));
        Assert.Empty(place.Happenings<IncidentClosed>());
        _bench.Fire();
        Assert.Equal("root cause busy", Held().Guard);
        Assert.Empty(_bench.Happenings<Escalated>());
    }

    /// <summary>Quotas of several namespaces may have the same name, and a sidecar has another one in each mesh.</summary>
    [Fact]
    public void SameNames_ElsewhereOrOfOthers_AreNotTheSame()
    {
        const string Full = "replica_failure=exceeded_quota:_pods,_requested:_pods=1";
        _bench.Cluster = [FactOf("api", "workload", Full), FactOf("web", "workload", Full, "a"), FactOf("cart", "workload", Full, "b")];
        _bench.Fire();
        Assert.Empty(_bench.Happenings<Held>());
    }

    [Fact]
    public void DnsThatIsDown_IsToldOnce()
    {
        var place = new Bench { Resource = Storms.Cluster("test"), IsThere = false };
        Lay(place, [FactOf("coredns", "workload", "desired=2 available=0", "kube-system")]);
        _bench.Fire();
        Assert.Equal([place.Resource], SharedCauseWatch.Unheard(_bench.State, _bench.World()));
        place.Wake();
        place.Wake(TimeSpan.FromMinutes(5));
        Assert.Equal(
            "deployment kube-system/coredns is down, so names cannot be resolved in the cluster.", place.Only<Escalated>().Message);
    }

    /// <summary>In observe mode nobody is called, at the cluster either.</summary>
    [Fact]
    public void WhereNobodyIsToBeCalled_ItIsOnlyWrittenDown()
    {
        var place = new Bench { Resource = Storms.Cluster("test"), IsThere = false, Settings = new() { Mode = Mode.Observe } };
        Lay(place, [.. new[] { "api", "web", "cart" }.Select(n => FactOf(n, "pod", "reason=Unschedulable phase=Pending age_minutes=9"))]);
        place.Wake();
        place.Wake(TimeSpan.FromMinutes(6));
        place.Wake(TimeSpan.FromMinutes(6));
        Assert.Empty(place.Happenings<Escalated>());
        Assert.Single(place.Happenings<WouldEscalate>());
    }

    private sealed record FactDraft(string Workload, string Missing, string Space);

    private (string Guard, string Reason) Held() => (_bench.Only<Held>().Guard, _bench.Only<Held>().Reason);

    private void Lay(Bench place, List<Fact> facts) => _bench.Cluster = place.Cluster = facts;

    private static ResourceKey Key(string text) => text.Split('/') is var p ? new(p[0], p[1], p[2], p[3]) : default!;

    private static Fact FactOf(string workload, string kind, string fields, string space = "shop")
    {
        var labels = new Dictionary<string, string>
        {
            ["namespace"] = space, ["workload"] = workload, ["workload_kind"] = "deployment", ["pod"] = $"{workload}-1",
        };
        foreach (var parts in fields.Split(' ').Select(f => f.Split('=', 2)))
            labels[parts[0]] = parts[1].Replace('_', ' ') is var said && parts[0] == "replica_failure" ? said : parts[1];
        return new(kind, labels, DateTimeOffset.UnixEpoch);
    }
}

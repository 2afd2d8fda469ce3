using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Remediator.Core.Facts;
using Remediator.Core.Journal;
using Remediator.Core.Language;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>One thing that keeps several workloads from running.</summary>
/// <param name="Home">The namespace or the cluster: it has the one incident by which people are told.</param>
/// <param name="Key">What it is, for as long as it lasts: <c>registry r.example</c>.</param>
/// <param name="Words">A sentence without its full stop.</param>
/// <param name="Look">Where a person begins.</param>
/// <param name="Victims">In words, in order; none where it is everything.</param>
public sealed record SharedCause(ResourceKey Home, string Key, string Words, string Look, IReadOnlyList<ResourceKey> Victims)
{
    /// <summary>How the problem of its incident begins.</summary>
    public const string ProblemPrefix = "shared cause: ";

    public string Problem => $"{ProblemPrefix}{Key}";

    /// <summary>It is what the workloads themselves lack, and no image or configuration of theirs is beside it.</summary>
    public bool IsLacking { get; init; }

    /// <summary>Their logs name it: that they crash is what comes of it.</summary>
    public bool IsServer => NamedCauses.IsServer(Key);

    /// <summary>What people are told.</summary>
    public string Message { get; init; } =
        Victims.Count == 0 ? $"{Words}." : $"{Victims.Count} workloads wait for the same: {Words}.";
}

/// <summary>
/// What several workloads wait for at the same time, as the facts show it: a registry, room, a quota or an admission that refuses pods, a
/// Secret, a ConfigMap or a ServiceAccount that is not there, a sidecar, a readiness gate, cluster DNS; and as their evidence names it: a
/// server, and what holds pods back without a fact that says so. Each of them alone would tell people the same.
/// </summary>
internal static class SharedCauses
{
    /// <summary>Two may be a coincidence.</summary>
    private const int Fewest = 3;

    /// <summary>Minutes. A pod waits for its place, or its sidecar, for a while.</summary>
    private const int Soon = 5;

    /// <summary>Minutes. What has been so for a day is no part of what begins now; it stays part of what people know of.</summary>
    internal const int Old = 24 * 60;

    private const int MostKeys = 5;

    /// <summary>How keys begin; what else there is, is missing.</summary>
    internal const string OfQuota = "resourcequota/";
    internal const string OfWebhook = "admission webhook ";

    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
    private static readonly Regex Quota = new(@"exceeded quota: (?<name>[^,\s]+)", Options);
    private static readonly Regex Webhook = new(@"(?:admission|calling) webhook ""(?<name>[^""]+)""", Options);

    private static readonly string[] DnsServers = ["coredns", "kube-dns"];

    private static readonly FactFilter Unscheduled = new(
        "pod", "shared: no place", new([], []),
        p => p["reason"] == "Unschedulable"
            && p["phase"] == "Pending" && p["terminating"] != "true" && Minutes(p["age_minutes"]) >= Soon);

    private static readonly FactFilter Refused = new("workload", "shared: refused", new([], []), w => w["replica_failure"].Length > 0);

    private static readonly FactFilter Waiting = new(
        "pod", "shared: not ready for another", new([], []),
        p => (p["unready_sidecar"].Length > 0 || p["gate"].Length > 0)
            && p["phase"] == "Running" && p["terminating"] != "true" && p["crashing"] != "true" && Minutes(p["unready_minutes"]) >= Soon);

    private static readonly FactFilter Lacking = new("container", "shared: lacking", new([], []), c => c["missing"].Length > 0);

    /// <summary>Found once in each view, whoever asks.</summary>
    private static readonly ConditionalWeakTable<FactView, ConcurrentDictionary<(string Cluster, bool WithOld), Found>> InViews = [];

    /// <summary>All of the cluster.</summary>
    /// <param name="withOld">With what has been so for days.</param>
    public static IReadOnlyList<SharedCause> In(World world, bool withOld) => FindIn(world, withOld).All;

    private static Found FindIn(World world, bool withOld)
    {
        var ofView = InViews.GetOrCreateValue(world.View);
        var key = (world.Resource.Cluster, withOld);
        if (!ofView.TryGetValue(key, out var found) || !found.IsOf(world.Waiting))
            ofView[key] = found = new(Find(world.View, world.Resource.Cluster, withOld, world.Waiting), world.Waiting);
        return found;
    }

    private static IReadOnlyList<SharedCause> Find(FactView view, string cluster, bool withOld, IReadOnlyList<IncidentRow> waiting) =>
    [
        .. FailingRegistries.In(view).Select(r => new SharedCause(
            Storms.Cluster(cluster), $"registry {r.Name}", FailingRegistries.Words(r),
            "check whether the registry answers, and whether the nodes reach it", [.. r.Workloads.Select(w => KeyOf(w, cluster))])
            {
                Message = $"{FailingRegistries.Words(r)}.",
            }),
        .. Room(view, cluster, withOld),
        .. Joined(view, [.. Refusals(view, cluster), .. Lacked(view, cluster), .. NamedCauses.In(view, waiting, withOld)]),
        .. Others(view, cluster, withOld, "unready_sidecar", "sidecar", n => (
            $"their sidecar {n} is not ready, and their own containers are",
            $"look at what {n} needs: its control plane, its certificates")),
        .. Others(view, cluster, withOld, "gate", "readiness gate", n => (
            $"nobody sets their readiness gate {n}", $"look at the controller that sets {n}")),
        .. Dns(view, cluster),
    ];

    /// <summary>What this workload waits for; null where it has a trouble of its own, or shares none.</summary>
    public static SharedCause? Of(World world)
    {
        var crashes = world.Scope.Named("pod").Any(p => p["crashing"] == "true");
        var own = OwnFaults.Waiting(world.Scope.Named("container"));
        return Present(world, c => c.OfVictim[world.Resource]).FirstOrDefault(
            c => c.IsServer ? !own : !crashes && (!own || (c.IsLacking && LacksNothingElse(world, c))));
    }

    private static bool LacksNothingElse(World world, SharedCause cause) =>
        world.Scope.Named("container").Where(c => OwnFaults.Waiting([c])).All(c => ObjectOf(c["missing"]) == cause.Key);

    /// <summary>What begins, and what has an incident already, however long.</summary>
    public static IEnumerable<SharedCause> Present(World world) => Present(world, c => c.All);

    private static IEnumerable<SharedCause> Present(World world, Func<Found, IEnumerable<SharedCause>> which) =>
        which(FindIn(world, withOld: false)).Concat(
            which(FindIn(world, withOld: true))
                .Where(c => world.OpenIncident(c.Home, c.Problem) is not null));

    /// <summary>The incident by which people know of it; null where they do not.</summary>
    public static IncidentRow? Told(World world, SharedCause cause) =>
        world.OpenIncident(cause.Home, cause.Problem) is { KnownStatus: IncidentStatus.Escalated } row ? row : null;

    private static IEnumerable<SharedCause> Room(FactView view, string cluster, bool withOld) =>
        Victims(Unscheduled.In(view).Where(p => withOld || Minutes(p["age_minutes"]) <= Old), cluster) is { Count: >= Fewest } victims
            ?
            [
                new(
                    Storms.Cluster(cluster), "no room", "no node takes their pods",
                    "check what the scheduler says about one of them, and whether the missing nodes come back", victims),
            ]
            : [];

    private static IEnumerable<Wait> Refusals(FactView view, string cluster) =>
        from refused in Refused.In(view)
        let message = refused["replica_failure"]
        let quota = Quota.Match(message)
        let webhook = Webhook.Match(message)
        where quota.Success || webhook.Success
        select new Wait(
            quota.Success ? Storms.Namespace(cluster, refused["namespace"]) : Storms.Cluster(cluster),
            quota.Success ? $"{OfQuota}{quota.Groups["name"].Value}" : $"{OfWebhook}{webhook.Groups["name"].Value}",
            KeyOf(refused, cluster));

    /// <summary>
    /// Each of them would be blamed for a rollout that asks for it; where several lack the same, it is the object that has gone or has not
    /// come.
    /// </summary>
    private static IEnumerable<Wait> Lacked(FactView view, string cluster) =>
        from lack in Lacking.In(view).Select(c => (Fact: c, Object: ObjectOf(c["missing"])))
            .Concat(Refused.In(view).Select(w => (Fact: w, Object: MissingObjects.AccountIn(w["replica_failure"]))))
        where lack.Object.Length > 0 && !lack.Object.Contains('?', StringComparison.Ordinal)
        select new Wait(
            Storms.Namespace(cluster, lack.Fact["namespace"]), lack.Object, KeyOf(lack.Fact, cluster),
            lack.Fact["missing"] is var part && part.Contains(':', StringComparison.Ordinal) ? part : "");

    /// <summary>Whoever waits for the same, whether facts show it or only evidence names it.</summary>
    private static IEnumerable<SharedCause> Joined(FactView view, IReadOnlyList<Wait> waits) =>
        from wait in waits
        group wait by (wait.Home, wait.Key) into cause
        let victims = Ordered(cause.Select(w => w.Victim))
        where victims.Count >= Fewest && !(NamedCauses.IsServer(cause.Key.Key) && NamedCauses.IsOfOneNode(view, victims))
        orderby cause.Key.Key, cause.Key.Home.Namespace
        select Describe(cause.Key.Home, cause.Key.Key, victims, [.. cause.Select(w => w.Part).Where(p => p.Length > 0).Distinct().Order()]);

    /// <param name="parts">Keys of the object, where only those are missing.</param>
    private static SharedCause Describe(ResourceKey home, string key, List<ResourceKey> victims, List<string> parts) => key switch
    {
        _ when NamedCauses.IsServer(key) => new(home, key, NamedCauses.ServerWords(key), NamedCauses.LookAtServer, victims),
        _ when key.StartsWith(OfQuota, StringComparison.Ordinal) => new(
            home, key, $"{key} leaves no room for their pods", "raise the quota, or end what uses it up", victims),
        _ when key.StartsWith(OfWebhook, StringComparison.Ordinal) => new(
            home, key, $"the {key} lets none of their pods be created",
            "check whether the webhook's service answers, with a valid certificate, and what it says", victims),
        _ => new(
            home, key,
            $"{(parts.Count == 0 ? key : string.Join(", ", parts.Take(MostKeys)))} {Plural.Are(Math.Max(parts.Count, 1))} missing, "
                + "and they cannot start without it",
            "bring it back, or find out who was to make it: a deployment tool, an operator, a controller of external secrets", victims)
            {
                IsLacking = true,
            },
    };

    /// <summary>Without the key: <c>secret/db</c> of <c>secret/db:password</c>.</summary>
    private static string ObjectOf(string missing) => missing.Split(':')[0];

    private static IEnumerable<SharedCause> Others(
        FactView view, string cluster, bool withOld, string field, string what, Func<string, (string Words, string Look)> say) =>
        from pod in Waiting.In(view)
        where pod[field].Length > 0 && (withOld || Minutes(pod["unready_minutes"]) <= Old)
        group pod by pod[field] into cause
        let victims = Victims(cause, cluster)
        where victims.Count >= Fewest
        let said = say(cause.Key)
        orderby cause.Key
        select new SharedCause(Storms.Cluster(cluster), $"{what} {cause.Key}", said.Words, said.Look, victims);

    /// <summary>Cluster DNS itself is not repaired here; what serves nothing at all leaves every other workload without names.</summary>
    private static IEnumerable<SharedCause> Dns(FactView view, string cluster) =>
        FindDns(view, cluster) is { } dns
            ?
            [
                new(
                    Storms.Cluster(cluster), "cluster DNS", DnsWords(dns), $"look at the pods of deployment kube-system/{dns["workload"]}",
                    []),
            ]
            : [];

    public static Fact? FindDns(FactView view, string cluster) =>
        DnsServers
            .SelectMany(name => view.Scope(new ResourceKey(cluster, ResourceKinds.Deployment, "kube-system", name)).Named("workload"))
            .FirstOrDefault(w => w["desired"] is not ("" or "0") && w["available"] == "0");

    private static string DnsWords(Fact dns) =>
        $"deployment kube-system/{dns["workload"]} is down, so names cannot be resolved in the cluster";

    private static List<ResourceKey> Victims(IEnumerable<Fact> facts, string cluster) => Ordered(facts.Select(f => KeyOf(f, cluster)));

    private static List<ResourceKey> Ordered(IEnumerable<ResourceKey> victims) =>
        [.. victims.Distinct().OrderBy(k => k.Display, StringComparer.Ordinal)];

    private static ResourceKey KeyOf(Fact fact, string cluster) =>
        KeyOf((fact["namespace"], fact["workload"], fact["workload_kind"]), cluster);

    private static ResourceKey KeyOf((string Namespace, string Name, string Kind) workload, string cluster) =>
        new(cluster, workload.Kind, workload.Namespace, workload.Name);

    private static int Minutes(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) ? minutes : -1;

    /// <param name="Home">As that of the cause.</param>
    /// <param name="Part">What of it is missing, where that is not all of it.</param>
    internal sealed record Wait(ResourceKey Home, string Key, ResourceKey Victim, string Part = "");

    private sealed class Found(IReadOnlyList<SharedCause> all, IReadOnlyList<IncidentRow> waiting)
    {
        public bool IsOf(IReadOnlyList<IncidentRow> rows) => ReferenceEquals(waiting, rows) || (waiting.Count == 0 && rows.Count == 0);

        public IReadOnlyList<SharedCause> All => all;

        public ILookup<ResourceKey, SharedCause> OfVictim { get; } =
            all.SelectMany(c => c.Victims, (c, v) => (Victim: v, Cause: c)).ToLookup(c => c.Victim, c => c.Cause);
    }
}

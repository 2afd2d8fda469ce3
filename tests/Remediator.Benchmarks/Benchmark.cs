using Remediator.Benchmarks.Drain;
using Remediator.Benchmarks.Fleet;

namespace Remediator.Benchmarks;

/// <param name="Name">As it is typed.</param>
/// <param name="What">One line of help.</param>
/// <param name="RunAsync">Prints what it measured, and fails where what it measures did not happen.</param>
/// <param name="Needs">What has to be there, in the word of the tests' trait; null for nothing.</param>
internal sealed record Benchmark(string Name, string What, Func<BenchmarkRun, Task> RunAsync, string? Needs = null)
{
    /// <summary>The tests run the small form of each.</summary>
    public static IReadOnlyList<Benchmark> All { get; } =
    [
        new(
            "decisions",
            "both rule engines side by side: decisions per second on one core and two, compilation, memory, changes of the "
                + "view, many candidates; 200 rules, 10 candidates for each alert, 20,000 containers",
            DecisionsBenchmark.RunAsync),
        new(
            "intake",
            "webhooks kept per second, beside a bare endpoint that parses the same body and group-commits one row",
            IntakeBenchmark.RunAsync),
        new(
            "incidents",
            "64 clients post alerts that each open an incident: alerts per second, CPU an alert, the first seconds, and how "
                + "long answers take meanwhile; with a number, so many alerts",
            IncidentsBenchmark.RunAsync),
        new(
            "reaction",
            "milliseconds from a webhook to the eviction that it leads to, at 20 repairs within 1,000 alerts a second, or at the two "
                + "rates given",
            ReactionBenchmark.RunAsync),
        new(
            "storm",
            "seconds until 20,000 alerts on 5,000 resources are acknowledged and decided, and a restart with their incidents "
                + "open; with one or more of native and nrules, a storm for each",
            StormBenchmark.RunAsync),
        new(
            "replicas",
            "the same storm on PostgreSQL, with one replica and with three; REMEDIATOR_TEST_POSTGRES names one (tests/postgres/up)",
            ReplicasBenchmark.RunAsync,
            Needs: "Postgres"),
        new(
            "fleet",
            "first view, memory, a change, a relist and a decision with 5,000 nodes and 150,000 pods, of which 500 change a second",
            FleetBenchmark.RunAsync),
        new(
            "drain",
            "the drain of a node beside kubectl's: time, evictions, refusals; 50 hollow nodes with 2,000 pods and disruption budgets "
                + "in the cluster of REMEDIATOR_TEST_KUBECONFIG (tests/cluster/up)",
            DrainBenchmark.RunAsync,
            Needs: "Cluster"),
        new("idle", "CPU while nothing happens, with a small cluster watched", IdleBenchmark.RunAsync),
        new(
            "waiting", "what 5,000 incidents that wait for ten minutes cost the store: writes a minute, by kind",
            WaitingBenchmark.RunAsync),
        new(
            "history",
            "start, listing and intake with 10,000,000 events in the journal; it is built once and kept in "
                + "REMEDIATOR_TEST_HISTORY, or in the temporary folder",
            run => HistoryBenchmark.RunAsync(run, onPostgres: false)),
        new(
            "history-postgres",
            "the same on PostgreSQL; REMEDIATOR_TEST_POSTGRES names one, which keeps it as the database remediator_history",
            run => HistoryBenchmark.RunAsync(run, onPostgres: true),
            Needs: "Postgres"),
    ];
}

using Remediator.Benchmarks;
using Remediator.Benchmarks.Fleet;

// another build of the program, such as what ships, can be measured by naming it
var program = Environment.GetEnvironmentVariable("REMEDIATOR_TEST_PROGRAM") ?? Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Remediator.Server/release/remediator"));
switch (args.FirstOrDefault())
{
    case "decisions":
        DecisionsBenchmark.Run();
        return 0;
    case "intake":
        await IntakeBenchmark.RunAsync();
        return 0;
    case "reaction":
        var rates = args.Skip(1).Select(r => int.Parse(r, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        await ReactionBenchmark.RunAsync(program, rates.Count > 0 ? rates : [100, 1000]);
        return 0;
    case "storm":
        await StormBenchmark.RunAsync(program);
        return 0;
    case "replicas":
        await ReplicasBenchmark.RunAsync(program);
        return 0;
    case "history":
        await HistoryBenchmark.RunAsync(program);
        return 0;
    case "fleet":
        var faults = await FleetBenchmark.RunAsync(program, args.Contains("--small"));
        foreach (var fault in faults)
            Console.Error.WriteLine(fault);
        return faults.Count == 0 ? 0 : 1;
    case "idle":
        await IdleBenchmark.RunAsync(program, args.Contains("--small"));
        return 0;
    default:
        Console.WriteLine("""
            Measures what the design promises; build with -c Release and keep the machine quiet.
            REMEDIATOR_TEST_PROGRAM names another build of the program to measure.

              decisions   both rule engines: decisions per second on one core, compilation, memory, changes of the view; 200 rules, 10 candidates for each alert, 20,000 containers
              intake      webhooks kept per second, beside a bare endpoint that parses the same body and group-commits one row
              reaction    milliseconds from a webhook to the eviction that it leads to, at 100 and 1,000 alerts a second, or at the rates given
              storm       seconds until 20,000 alerts on 5,000 resources are acknowledged and decided, and a restart with their incidents open
              replicas    the same storm on PostgreSQL, with one replica and with three; REMEDIATOR_TEST_POSTGRES names one (tests/postgres/up)
              fleet       first view, memory, a change, a relist and a decision with 5,000 nodes and 150,000 pods, of which 500 change a second; --small: 200 nodes, 5,200 pods
              idle        CPU while nothing happens, with a small cluster watched; --small: for ten seconds instead of a minute
              history     start, listing and intake with 1,000,000 events in the journal
            """);
        return args.Length == 0 ? 0 : 2;
}

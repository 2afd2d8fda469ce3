using Remediator.Benchmarks;

var words = args.Where(a => a != "--small").ToList();
if (words.FirstOrDefault() is null or "--help" or "-h")
{
    var list = string.Join(Environment.NewLine, Benchmark.All.Select(b => $"  {b.Name,-10}  {b.What}"));
    Console.WriteLine($"""
        usage: Remediator.Benchmarks NAME [--small]

        Measures what the design promises, of the program as it ships: published with its runtime and compiled ahead, which takes a minute
        the first time. Build with -c Release and keep the machine quiet. Ends with 1 when what it measures did not happen.

        {list}

          --small     seconds instead of minutes, and the program as it is built: shows that it still measures; the numbers say nothing
          REMEDIATOR_TEST_PROGRAM names another build of the program to measure.
        """);
    return 0;
}

if (Benchmark.All.FirstOrDefault(b => b.Name == words[0]) is not { } benchmark)
{
    await Console.Error.WriteLineAsync(
        $"There is no benchmark '{words[0]}'; there are {string.Join(", ", Benchmark.All.Select(b => b.Name))}.");
    return 2;
}

try
{
    var small = args.Contains("--small");
    var program = Environment.GetEnvironmentVariable("REMEDIATOR_TEST_PROGRAM")
        ?? (small ? ShippedProgram.Built : await ShippedProgram.PublishAsync());
    await benchmark.RunAsync(new(program, small, words[1..]));
    return 0;
}
catch (Exception e)
{
    await Console.Error.WriteLineAsync(
        $"{benchmark.Name} measured nothing: {(e is BenchmarkFailedException or TimeoutException ? e.Message : e)}");
    return 1;
}

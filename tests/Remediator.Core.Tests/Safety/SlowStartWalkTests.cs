using FsCheck.Xunit;
using Remediator.Core.Events;
using Remediator.Core.Records;
using Remediator.Core.Resources;
using Remediator.Core.Safety;

namespace Remediator.Core.Tests.Safety;

/// <summary>Whatever begins and ends in whatever order: what never happens.</summary>
public sealed class SlowStartWalkTests
{
    private static readonly SlowStartScope Shop = new(Storms.Namespace("test", "shop"), false);

    /// <param name="walk">Each even byte tries a workload; each odd one ends what is longest in flight: well, badly or neither.</param>
    [Property(MaxTest = 300)]
    public void InFlightIsWithinTheWidth_NothingBeginsAfterTwoFailures_AndOtherwiseSomethingMay(byte[] walk)
    {
        var burst = new Burst();
        var inFlight = new Queue<(string Id, int Workload)>();
        var (proven, failed) = (0, new HashSet<int>());
        foreach (var (step, number) in walk.Select((b, i) => (b, i)))
        {
            if (step % 2 == 0)
            {
                var before = inFlight.Count;
                var id = burst.Try(Workload(number));
                Assert.Equal(failed.Count < 2 && before < 1 << proven, id is not null);
                if (id is not null)
                {
                    inFlight.Enqueue((id, number));
                }
            }
            else if (inFlight.TryDequeue(out var ends))
            {
                switch (step / 2 % 3)
                {
                    case 0:
                        burst.Proven(ends.Id);
                        (proven, failed) = (proven + 1, []);
                        break;
                    case 1:
                        burst.Fails(ends.Id);
                        proven = 0;
                        failed.Add(ends.Workload);
                        break;
                    default:
                        burst.End(ends.Id, new RunEnded(RunOutcome.Stopped, ""));
                        break;
                }
            }
        }
    }

    [Property(MaxTest = 300)]
    public void Failures_OfManyNamespaces_NeverStopOneThatDidNotFail_ByAnotherRule(byte[] walk)
    {
        var burst = new Burst();
        foreach (var step in walk)
        {
            if (burst.Try(Burst.Workload($"s{step % 7}", $"w{step}"), $"rule{step % 3}") is { } id)
            {
                burst.Fails(id);
            }
        }

        Assert.NotNull(burst.Try(Burst.Workload("alone", "api"), "another"));
    }

    [Property(MaxTest = 300)]
    public void FloodOfNodes_NeverKeepsADeadOneFromItsRepair(byte[] walk)
    {
        var burst = new Burst();
        foreach (var (step, number) in walk.Select((b, i) => (b, i)))
        {
            if (burst.Try(burst.Node($"n{number}", $"z{step % 3}", $"g{step % 2}", "true"), "flood") is { } id && step % 4 != 0)
            {
                burst.Fails(id);
            }
        }

        Assert.NotNull(burst.Try(burst.Node("dead", "z0", "g0", "unknown"), "flood"));
    }

    [Fact]
    public void Width_IsBounded() => Assert.True(Enumerable.Range(0, 40).Aggregate(new Burst(), (burst, i) =>
    {
        burst.Proven(burst.Try(Workload(i)));
        return burst;
    }) is { } all && all.Try(Workload(99)) is not null && all.Book.Scopes.ContainsKey(Shop));

    private static ResourceKey Workload(int number) => Burst.Workload("shop", $"w{number}");
}

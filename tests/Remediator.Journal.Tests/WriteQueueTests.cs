using Remediator.Journal.Writing;

namespace Remediator.Journal.Tests;

/// <summary>What comes in waits for one group of what the engine decides, however much of that waits.</summary>
public sealed class WriteQueueTests
{
    private readonly WriteQueue _queue = new(limit: 1000, batchSize: 80);

    [Fact]
    public void WhatComesIn_IsInTheNextGroup_HoweverMuchWasDecidedBefore()
    {
        Add(1000, isIntake: false);
        Add(20, isIntake: true);

        var group = Take();

        Assert.Equal(20, group.Count(r => r.IsIntake));
        Assert.Equal(10, group.Count(r => !r.IsIntake));
    }

    [Fact]
    public void WhatIsDecided_IsInTheNextGroup_HoweverMuchCameInBefore()
    {
        Add(1000, isIntake: true);
        Add(20, isIntake: false);

        var group = Take();

        Assert.Equal(80, group.Count(r => r.IsIntake));
        Assert.Equal(10, group.Count(r => !r.IsIntake));
    }

    [Fact]
    public void LaneThatIsFull_LeavesTheOtherItsRoom()
    {
        Add(1000, isIntake: false);

        Assert.False(_queue.TryAdd(Request(isIntake: false)));
        Assert.True(_queue.TryAdd(Request(isIntake: true)));
    }

    [Fact]
    public void EachIsTakenOnce_AndInTheOrderOfItsLane()
    {
        var added = Add(200, isIntake: false);
        var taken = new List<WriteRequest>();
        while (_queue.Count > 0)
            taken.AddRange(Take());

        Assert.Equal(added, taken);
    }

    [Fact]
    public void Closed_GivesOutWhatWaits_AndTakesNoMore()
    {
        Add(1, isIntake: true);
        _queue.Close();

        Assert.Throws<InvalidOperationException>(() => _queue.TryAdd(Request(isIntake: true)));
        Assert.Single(Take());
        Assert.False(_queue.Take([]));
    }

    private List<WriteRequest> Add(int count, bool isIntake)
    {
        var requests = Enumerable.Range(0, count).Select(_ => Request(isIntake)).ToList();
        Assert.All(requests, r => Assert.True(_queue.TryAdd(r)));
        return requests;
    }

    private List<WriteRequest> Take()
    {
        var group = new List<WriteRequest>();
        Assert.True(_queue.Take(group));
        return group;
    }

    private static WriteRequest Request(bool isIntake) =>
        isIntake
            ? new WriteRequest<int>(new AddWrite([]), CancellationToken.None)
            : new WriteRequest<bool>(new DueWrite(new("test", "node", "", "n"), 0, null), CancellationToken.None);
}

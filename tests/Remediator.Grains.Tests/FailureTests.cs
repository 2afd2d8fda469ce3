using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Grains.Calls;

namespace Remediator.Grains.Tests;

/// <summary>A grain may live at another replica: what it throws there has to mean the same here.</summary>
public sealed class FailureTests : IDisposable
{
    private static readonly Dictionary<string, (Exception Fault, bool IsOfTheMoment)> Faults = new Exception[]
    {
        new StoreUnavailableException("the store is away"),
        new ReplicaFencedException("declared dead"),
        new UnreadableStreamException("written by a newer version"),
        new UnknownEventException("of-the-future", 1),
        new InconsistentStateException("written by somebody else"),
    }.Select(f => (f, true))
        .Concat([(new ValuesRefusedException("a NUL"), false), (new ResourceFullException("no room"), false)])
        .ToDictionary(f => f.Item1.GetType().Name);

    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-failures-").FullName;

    public static TheoryData<string> Names => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Fault_ThatCameFromAnotherReplica_MeansTheSame(string name)
    {
        await using var engine = await EngineHost.StartAsync(new FakeCluster(), _folder);
        var wire = engine.Services.GetRequiredService<Serializer>();
        var (fault, isOfTheMoment) = Faults[name];

        var came = wire.Deserialize<Exception>(wire.SerializeToArray(fault))!;

        Assert.Equal((fault.GetType(), fault.Message, isOfTheMoment), (came.GetType(), came.Message, Failure.IsOfTheMoment(came)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

using System.Text.Json;
using Remediator.Core.Engine;
using Remediator.Core.Events;
using Remediator.Grains.Calls;
using Remediator.Grains.Tests.Golden;

namespace Remediator.Grains.Tests;

/// <summary>What came of a job is sent as versions before 2026-11-26 read and write it.</summary>
public sealed class JobMessageTests
{
    public static TheoryData<Type> Outcomes => [.. typeof(JobOutcome).Assembly.GetTypes().Where(t => t.BaseType == typeof(JobOutcome))];

    [Theory]
    [MemberData(nameof(Outcomes))]
    public void Outcome_ArrivesAsItWasSent(Type outcome)
    {
        var sent = new JobResult("i1/job", "i1", (JobOutcome)Sample.Of(outcome));

        var read = Messages.Read<JobMessage>(Messages.Write(JobMessage.Of(sent))).Read()!;

        Assert.True(outcome.IsSealed);
        Assert.Equal(("i1/job", "i1", outcome), (read.JobId, read.IncidentId, read.Outcome.GetType()));
        Assert.Equal(Json(sent.Outcome), Json(read.Outcome));
    }

    [Fact]
    public void OutcomeThatOnlyANewerVersionKnows_IsDropped() =>
        Assert.Null(Messages.Read<JobMessage>("""{"jobId":"i1/job","incidentId":"i1","weather":{"wind":3}}""").Read());

    private static string Json(JobOutcome outcome) => JsonSerializer.Serialize(outcome, outcome.GetType(), EventCodec.Json);
}

using Remediator.Core.Playbooks;
using Remediator.Core.Records;
using Remediator.Server.Verbs;

namespace Remediator.Server.Tests.Verbs;

public sealed class RecordVerbTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Record_IsATable_WithWhatWasLoweredAndWhatCouldBeRaised()
    {
        var lowered = new PlaybookRecord("restart-loop")
        {
            Mode = Mode.Auto, Runs = 21, Verified = 20, Recurred = 1, Failed = 1, Refused = 3, Healed = 2,
            RepairTimes = [TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(3)],
            PeopleTimes = [TimeSpan.FromMinutes(41)],
        };
        var output = new StringWriter();
        RecordVerb.Write(
            output,
            [
                new(new("image-pull") { Shadow = 12 }, Mode.Observe, null, "approve: it would have acted 12 times"),
                new(lowered, Mode.Approve, new(Mode.Approve, "its problem came back", Now, "06h0jp"), null),
            ]);
        Assert.Equal(
            """
            PLAYBOOK      MODE     WOULD ACT  RUNS  VERIFIED  RECURRED  FAILED  IN DOUBT  FALSE  UNDONE  HEALED  REFUSED  REPAIRED IN  PEOPLE TOOK
            image-pull    observe  12         0     0         0         0       0         0      0       0       0        -            -
            restart-loop  approve  0          21    20        1         1       0         0      0       2       3        3m           41m
            restart-loop was lowered to approve on 2026-11-23, incident 06h0jp: its problem came back
            image-pull could be raised to approve: it would have acted 12 times. Change its 'mode', or run: remediator promote image-pull

            """,
            output.ToString());
    }

    [Fact]
    public void Record_OfNothing_SaysSo()
    {
        var output = new StringWriter();
        RecordVerb.Write(output, []);
        Assert.Equal($"No playbook has done anything in the last 30 days.{Environment.NewLine}", output.ToString());
    }
}

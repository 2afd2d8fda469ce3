using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Rules;

namespace Remediator.Core.Tests.Incidents;

/// <summary>
/// A deployment that crash-loops for a month makes a new pod, and with it a new alert, every minute. Its document is written with every
/// decision.
/// </summary>
public sealed class BoundedDocumentTests
{
    private const int Minutes = 30 * 24 * 60;
    private const int Most = 1024 * 1024;

    private static readonly DateTimeOffset Start = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(100, 100)]
    [InlineData(50, 4000)]
    [InlineData(0, 100)]
    public void MonthOfNewPods_KeepsTheDocumentBounded(int percentResolved, int labelLength)
    {
        var random = new Random(1);
        var state = ResourceState.Empty.Apply([Of(new IncidentOpened("restart-loop", "f0", null), 0), Of(Started(), 0)]);
        var largest = 0;
        var resolved = 0;
        for (var minute = 0; minute < Minutes; minute++)
        {
            state = state.Apply(Of(Observed(minute, labelLength), minute));
            if (random.Next(100) < percentResolved)
            {
                resolved++;
                state = state.Apply(Of(new AlertCleared($"f{minute}", "KubePodCrashLooping", At(minute), At(minute)), minute));
            }

            state = state.Apply(Of(new StepPassedOver(0, "evict", new string('x', 5000)), minute));
            state = state.Apply(Of(new NotifyFailed("webhook", $"failed at {minute}"), minute))
                .Apply(Of(new Notified("webhook", false), minute));
            if (minute % 1000 == 999)
            {
                largest = Math.Max(largest, ResourceState.Stream.Write(state).Length);
            }
        }

        Assert.InRange(largest, 1, Most);
        var incident = Assert.Single(state.Incidents);
        Assert.Equal(percentResolved < 100, incident.IsFiring);
        if (percentResolved == 100)
            Assert.Equal(resolved, incident.Gone + incident.Alerts.Values.Count(a => !a.Firing));
        Assert.InRange(incident.Tried.Count, 1, Kept.MostTried);
    }

    [Fact]
    public void OfAlertsThatAreOver_TheTenNewestStay()
    {
        var state = ResourceState.Empty.Apply([Of(new IncidentOpened("restart-loop", "f0", null), 0)]);
        for (var minute = 0; minute < 15; minute++)
        {
            state = state.Apply(Of(Observed(minute, 100), minute))
                .Apply(Of(new AlertCleared($"f{minute}", "KubePodCrashLooping", At(minute), At(minute)), minute));
        }

        var incident = Assert.Single(state.Incidents);
        Assert.Equal(
            Enumerable.Range(5, 10).Select(m => $"f{m}").Order(StringComparer.Ordinal), incident.Alerts.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(5, incident.Gone);
    }

    [Fact]
    public void AlertThatIsNotListed_KeepsTheIncidentFiring_AndHandsItToPeople()
    {
        var bench = new Bench();
        for (var i = 0; i <= AlertsOfIncident.MostListed; i++)
        {
            bench.Fire($"f{i}");
        }

        var decided = Assert.IsType<Decided>(bench.Happenings<Decided>().Last()).Decision;
        Assert.Equal((DecisionKind.Escalate, "too-many-alerts"), (decided.Kind, decided.Rule));
        Assert.Single(bench.Happenings<Escalated>());

        for (var i = 0; i < AlertsOfIncident.MostListed; i++)
        {
            bench.Resolve($"f{i}");
        }

        Assert.True(bench.State.Incidents[0].IsFiring);
        bench.Resolve($"f{AlertsOfIncident.MostListed}");
        Assert.False(bench.State.Incidents[0].IsFiring);
    }

    /// <summary>A fingerprint is whatever its sender says, and the labels may be others each time.</summary>
    [Fact]
    public void AlertsThatComeAgainWithLongerLabels_KeepTheDocumentBounded_AndFiring()
    {
        var state = ResourceState.Empty.Apply([Of(new IncidentOpened("restart-loop", "f0", null), 0)]);
        for (var i = 0; i < AlertsOfIncident.MostListed; i++)
            state = state.Apply(Of(Observed(i, 10), i));
        for (var i = 0; i < AlertsOfIncident.MostListed; i++)
            state = state.Apply(Of(Observed(i, 30_000), 1000 + i));

        Assert.InRange(ResourceState.Stream.Write(state).Length, 1, Most);
        var incident = Assert.Single(state.Incidents);
        Assert.Equal(
            AlertsOfIncident.MostListed, incident.Alerts.Values.Count(a => a.Firing) + incident.Unlisted.Count);
    }

    [Fact]
    public void DoneSteps_KeepTwoRunsOfEachAction_SoThatNoneIsDoneTwice()
    {
        System.Collections.Immutable.ImmutableList<DoneStep> done = [];
        foreach (var run in Enumerable.Range(0, 1000))
        {
            done = done.With(new DoneStep($"run-{run}", "evict")).With(new DoneStep($"run-{run}", "undo"));
        }

        Assert.Equal(4, done.Count);
        Assert.True(done.Exists(d => d.Use == "evict" && d.Run != "run-999"));
    }

    private static Happened Of(Event e, int minute) => new(e, "incident", At(minute), "trace", "alertmanager");

    private static DateTimeOffset At(int minute) => Start.AddMinutes(minute);

    private static AlertObserved Observed(int minute, int labelLength)
    {
        var labels = new Dictionary<string, string> {
            ["alertname"] = "KubePodCrashLooping",
            ["pod"] = $"api-{minute}",
            ["note"] = new('n', labelLength) };
        return new(
            new Alert {
                Name = "KubePodCrashLooping",
                Status = AlertStatus.Firing,
                Labels = labels,
                StartsAt = At(minute),
                Fingerprint = $"f{minute}" },
            "alertmanager",
            "by its label",
            labels);
    }

    private static RunStarted Started() => new()
    {
        RunId = "run", Playbook = "restart-loop", PlaybookRevision = "r", Source = "", With = new Dictionary<string, string>(),
        Mode = Playbooks.Mode.Auto, DefinitionsRevision = "d", DurationScale = 1,
    };
}

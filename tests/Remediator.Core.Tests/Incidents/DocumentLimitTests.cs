using Remediator.Core.Alerts;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Resources;

namespace Remediator.Core.Tests.Incidents;

public sealed class DocumentLimitTests
{
    private const int Full = DocumentLimit.Characters + 1;

    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private static readonly ResourceKey Resource = new("test", "deployment", "shop", "api");

    private readonly ResourceState _state = ResourceState.Empty.Apply(
        [Of(new IncidentOpened("Down", "f1", null)), Of(Observed("f1", "a"))]);

    [Fact]
    public void FurtherAlert_IsRefusedWhereThereIsNoRoom_WithTheLimitAndWhatToDo()
    {
        Assert.Null(Refuses(DocumentLimit.Characters, Observed("f2", "a")));
        var why = Refuses(Full, Observed("f2", "a"));
        Assert.StartsWith("there is no room for it at deployment shop/api: ", why, StringComparison.Ordinal);
        Assert.Contains($"would have {Full} characters, and at most {DocumentLimit.Characters} are kept", why, StringComparison.Ordinal);
        Assert.EndsWith("then put this back with 'remediator retry'", why, StringComparison.Ordinal);
    }

    [Fact]
    public void KnownAlert_IsTaken_UnlessItsLabelsHaveGrown()
    {
        Assert.Null(Refuses(Full, Observed("f1", "a")));
        Assert.Null(Refuses(Full, Observed("f1", "")));
        Assert.NotNull(Refuses(Full, Observed("f1", "aaa")));
    }

    [Fact]
    public void EndOfAnAlert_AndWhatTheEngineWrites_AreNeverRefused() =>
        Assert.Null(Refuses(Full, new AlertCleared("f1", "Down", Noon, Noon), new StepPassedOver(0, "evict", new string('x', 500))));

    private string? Refuses(int characters, params Event[] received) =>
        DocumentLimit.Refuses(Resource, _state, [.. received.Select(Of)], characters);

    private static Happened Of(Event e) => new(e, "incident", Noon, "trace", "alertmanager");

    private static AlertObserved Observed(string fingerprint, string text)
    {
        var labels = new Dictionary<string, string> { ["alertname"] = "Down", ["text"] = text };
        return new(
            new Alert { Name = "Down", Status = AlertStatus.Firing, Labels = labels, StartsAt = Noon, Fingerprint = fingerprint },
            "alertmanager", "by its label", labels);
    }
}

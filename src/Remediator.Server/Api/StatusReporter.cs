using Remediator.Core.Alerts;
using Remediator.Core.Facts;
using Remediator.Core.Incidents;
using Remediator.Core.Journal;
using Remediator.Core.Pages;
using Remediator.Core.Pauses;
using Remediator.Core.Records;
using Remediator.Core.Worlds;
using Remediator.Definitions.Live;
using Remediator.Facts.Connection;
using Remediator.Journal.Audit;

namespace Remediator.Server.Api;

/// <summary>Gathers how the server is.</summary>
internal sealed class StatusReporter(
    EngineView engine, IFactViews views, KubernetesConnection connection, IDefinitionsStatus definitions, IStoreHealth store,
    IPlaybookStandings standings, IStuckResources stuck, IIncidentHistory incidents,
    IEnumerable<ISilences> silences, IEnumerable<IFactProvider> providers, IAlertsByCluster alerts,
    IEnumerable<IAlertRoutes> routes, TimeProvider time)
{
    private const int MostListed = 50;

    public async Task<StatusReport> ReportAsync(CancellationToken cancellationToken)
    {
        var view = views.Current;
        var pauses = await engine.PausesAsync();
        return new()
        {
            Version = ProgramVersion.Text,
            Mode = engine.Mode,
            Paused = engine.Paused ?? (pauses.Problem is { } problem ? $"what is paused cannot be read: {problem}" : null),
            Pauses = pauses.Pauses,
            Lowered = Lowered(),
            VerifiedRuns = VerifiedRuns(),
            Stuck = stuck.Current.Take(MostListed).ToDictionary(
                s => s.Resource, s => $"{s.Key.Display} since {s.Since.UtcDateTime:yyyy-MM-dd HH:mm}Z: {s.Reason}"),
            StartedAt = engine.StartedAt,
            Uptime = engine.Uptime,
            Cluster =
                new(connection.Cluster, connection.Origin, view.State, view.State is ViewState.Ready ? view.FreshAt : null, view.Problem),
            OtherClusters = alerts.Current.Problem is { Length: > 0 } others ? others : null,
            Providers = [.. providers.Select(p => (p.Name, Status: p.Current)).Select(p =>
                new ProviderStatus(p.Name, p.Status.State, p.Status.State is ViewState.Ready ? p.Status.FreshAt : null, p.Status.Problem))],
            Alertmanagers = [.. silences.SelectMany(s => s.Current.Groups).Select(Alertmanagers)],
            Definitions = definitions.Status,
            Store = await store.CheckAsync(cancellationToken),
            Permits = await engine.PermitsAsync(cancellationToken),
            OpenIncidents = [.. (await incidents.ListAsync(new() { Open = true, Limit = MostListed }, cancellationToken))
                .Select(IncidentView.Of)],
        };
    }

    private AlertmanagersStatus Alertmanagers(GroupSilences group) => new(
        group.Source,
        group.ReadAt,
        group.Problem,
        group.Silences.Count,
        [
            .. from silence in @group.Silences
               from matcher in silence.Matchers
               where matcher.Fault is not null
               select $"silence {silence.Id} of {silence.CreatedBy}: the pattern of {matcher} cannot be read here, {matcher.Fault}",
        ],
        [
            .. from silence in @group.Silences
               where @group.Lost.ContainsKey(silence.Id)
               let until = @group.Lost[silence.Id] + GroupSilences.KeptAfterLoss
               select $"silence {silence.Id} of {silence.CreatedBy}, until "
                   + $"{(silence.EndsAt < until ? silence.EndsAt : until).UtcDateTime:yyyy-MM-dd HH:mm}Z",
        ],
        routes.Select(r => r.Problems.GetValueOrDefault(group.Source)).FirstOrDefault(p => p is not null),
        group.Unknown(time.GetUtcNow()) is not null);

    private Dictionary<string, int> VerifiedRuns() => (standings.Records ?? RecordBook.Empty).Playbooks.Values
        .ToDictionary(r => r.Playbook, r => Promotion.GoodInARow(r, standings.Current?.Of(r.Playbook), time.GetUtcNow()));

    private Dictionary<string, string> Lowered() =>
        (standings.Current ?? Standings.Empty).ByPlaybook.Where(s => s.Value.Because is not null)
        .ToDictionary(
            s => s.Key,
            s => $"{s.Value.Ceiling.ToString().ToLowerInvariant()} since {s.Value.Since:yyyy-MM-dd HH:mm}Z, incident "
                + $"{s.Value.Because}: {s.Value.Reason}");
}

/// <summary>What the engine is set to do, and what it holds.</summary>
internal sealed class EngineView(EngineSettings settings, IPauseSwitch pause, IPauses pauses, IJournal journal, TimeProvider time)
{
    public string Mode => settings.Mode.ToString().ToLowerInvariant();

    public string? Paused => pause.Reason;

    /// <summary>Those that are over are left out.</summary>
    public async Task<PauseReading> PausesAsync() =>
        await pauses.ReadAsync() is var read ? read with { Pauses = [.. read.Pauses.Where(p => !p.IsOver(time.GetUtcNow()))] } : read;

    public DateTimeOffset StartedAt { get; } = time.GetUtcNow();

    public TimeSpan Uptime => time.GetUtcNow() - StartedAt;

    public Task<IReadOnlyList<Permit>> PermitsAsync(CancellationToken cancellationToken) => journal.PermitsAsync(cancellationToken);
}

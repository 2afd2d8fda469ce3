using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Remediator.Core.Alerts;
using Remediator.Core.Journal;
using Remediator.Sources.Alertmanager;
using Remediator.Sources.Alertmanager.Lists;
using Remediator.Sources.Alertmanager.Pages;
using Remediator.Sources.Alertmanager.Reconcile;
using Remediator.Sources.Alertmanager.Silences;
using Remediator.Testing;

namespace Remediator.Sources.Tests;

/// <summary>Everything that talks to groups of Alertmanagers, over an inbox and a journal in memory.</summary>
internal sealed class Groups : IDisposable, ILeader, IMeterFactory
{
    private readonly IOptions<AlertmanagerGroups> _groups;
    private readonly AlertmanagerClient _client = new(new FilesAsTheyAre());
    private readonly Dictionary<string, Reconciliation> _last = [];

    public Groups(TimeProvider time, params AlertmanagerGroup[] groups)
        : this(time, TimeSpan.FromMinutes(1), groups)
    {
    }

    public Groups(TimeProvider time, TimeSpan every, params AlertmanagerGroup[] groups)
    {
        _groups = Options.Create(new AlertmanagerGroups { All = groups });
        var options = Options.Create(new AlertmanagerSourceOptions { ReconcileEvery = every });
        var logs = LoggerFactory.Create(logging => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Debug));
        Lists = new(_client);
        Silences = new(Lists, _groups, time, logs.CreateLogger<SilenceWatch>());
        var lists = new GroupLists(Lists, Silences, NullLogger<GroupLists>.Instance);
        Pages = new(_client, Lists, Silences, _groups, time);
        Held = new(lists, Silences, Journal, Inbox, this, _groups, options, time, this, NullLogger<HeldAlertWatch>.Instance);
        Reconcile = new(lists, Journal, Inbox, this, _groups, options, time, this, NullLogger<ReconcileService>.Instance);
    }

    public FakeInbox Inbox { get; } = new();

    public FakeJournal Journal { get; } = new();

    public RecordedLog Log { get; } = new();

    public bool Leads { get; set; } = true;

    public List<Meter> Meters { get; } = [];

    public AlertmanagerLists Lists { get; }

    public SilenceWatch Silences { get; }

    public OwnSilences Pages { get; }

    public HeldAlertWatch Held { get; }

    public ReconcileService Reconcile { get; }

    public static AlertmanagerGroup Group(string name, params IReadOnlyList<string> urls) => new() { Name = name, Urls = [.. urls] };

    /// <summary>One round of every group.</summary>
    public async Task RoundAsync(CancellationToken cancellationToken)
    {
        foreach (var group in _groups.Value.All)
            _last[group.Name] =
                await Reconcile.RoundAsync(group, _last.GetValueOrDefault(group.Name, Reconciliation.None), cancellationToken);
    }

    public Meter Create(MeterOptions options)
    {
        Meters.Add(new(options));
        return Meters[^1];
    }

    public void Dispose()
    {
        Held.Dispose();
        Reconcile.Dispose();
        Silences.Dispose();
        _client.Dispose();
        Meters.ForEach(m => m.Dispose());
    }
}

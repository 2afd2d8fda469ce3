using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Remediator.Core.Actions;
using Remediator.Core.Journal;
using Remediator.Core.Playbooks;
using Remediator.Core.Policies;
using Remediator.Core.Rules;
using Remediator.Definitions.Faults;
using Remediator.Definitions.Git;
using Remediator.Definitions.Loading;

namespace Remediator.Definitions.Live;

/// <summary>
/// The set in force. A newer one takes its place as a whole, once all of it loads and its tests pass; else the old one stays.
/// </summary>
internal sealed partial class LiveDefinitions : IDefinitions, IDefinitionsStatus, IDisposable
{
    private const int MaxKept = 256;

    /// <summary>Tests run in the server that repairs meanwhile.</summary>
    private static readonly TimeSpan TestsWithin = TimeSpan.FromMinutes(1);

    private readonly DefinitionsOptions _options;
    private readonly ActionRegistry _actions;
    private readonly IRuleEngine _engine;
    private readonly TimeProvider _time;
    private readonly ILogger<LiveDefinitions> _logger;
    private readonly ConcurrentDictionary<string, Playbook> _kept = new(StringComparer.Ordinal);
    private readonly Lock _reload = new();
    private readonly Meter _meter;
    private string _content;
    private string? _heads;
    private volatile DefinitionSet _current;
    private volatile DefinitionsStatus _status;

    public LiveDefinitions(
        DefinitionsOptions options, ActionRegistry actions, IRuleEngine engine, TimeProvider time, IMeterFactory meters,
        ILogger<LiveDefinitions> logger)
    {
        (_options, _actions, _engine, _time, _logger) = (options, actions, engine, time, logger);
        // before the files, so that a commit made meanwhile is looked at again
        _heads = Heads();
        var loaded = Load();
        var faults = Faults(loaded);
        if (loaded.Set is not { } set || faults.Count > 0) throw new DefinitionsInvalidException("The definitions cannot be used:", faults);
        (_current, _content, _status) = (set, loaded.Content, Loaded(loaded, set));
        _meter = meters.Create("Remediator.Definitions");
        _meter.CreateObservableGauge("remediator.definitions.last_reload_success", () =>
            _status.LastReloadSucceeded ? 1 : 0, description: "0 while the files on disk are refused and an older set is in force.");
        _meter.CreateObservableGauge(
            "remediator.definitions.last_load_time", () => _status.LoadedAt.ToUnixTimeSeconds(), "s", "When the set in force was loaded.");
        Log.Loaded(logger, _status.Rules, _status.Playbooks, set.Revision, set.Commit ?? "not committed");
    }

    public DefinitionSet Current => _current;

    public DefinitionsStatus Status => _status;

    public Playbook Parse(string source)
    {
        if (_kept.TryGetValue(source, out var kept)) return kept;
        var playbook = Current.Playbooks.Values.FirstOrDefault(p => p.Source == source)
            ?? DefinitionsLoader.ParsePlaybook(source, _actions);
        // Runs end, so what was kept for them may go; only those of the moment are asked for again and again.
        if (_kept.Count >= MaxKept) _kept.Clear();
        return _kept.GetOrAdd(source, playbook);
    }

    /// <summary>Reads the files, and takes them into force when there is nothing wrong with them.</summary>
    public void Reload()
    {
        lock (_reload)
        {
            if (DefinitionsLoader.ContentOf(_options.Rules, _options.Playbooks, _options.Policy) == _content)
            {
                FollowCommits();
                return;
            }

            var heads = Heads();
            var loaded = Load();
            // with a file that cannot be read it is not the same, and nothing new either
            if (loaded.Content == _content) return;
            (_content, _heads) = (loaded.Content, heads);
            var faults = Faults(loaded);
            if (loaded.Set is { } set && faults.Count == 0)
            {
                Failpoint.Hit("during-reload");
                Accept(loaded, set);
            }
            else
            {
                Refuse(faults);
            }
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Accept(LoadedDefinitions loaded, DefinitionSet set)
    {
        (_current, _status) = (set, Loaded(loaded, set));
        Log.Loaded(_logger, _status.Rules, _status.Playbooks, set.Revision, set.Commit ?? "not committed");
    }

    private void Refuse(IReadOnlyList<DefinitionFault> faults)
    {
        _status = _status with { LastReloadSucceeded = false, LastReloadAt = _time.GetUtcNow(), Faults = faults };
        Log.Refused(_logger, _status.Revision, faults.Count, string.Join('\n', faults));
    }

    /// <summary>The same files; where the repository is at another commit, it may have them now, or no more.</summary>
    private void FollowCommits()
    {
        if (!_status.LastReloadSucceeded)
            return;
        var heads = Heads();
        if (heads is not null && heads == _heads)
            return;
        var commit = DefinitionsLoader.CommitOf(_options.Rules, _options.Playbooks, _options.Policy);
        _heads = heads;
        if (commit != _current.Commit)
            (_current, _status) = (_current with { Commit = commit }, _status with { Commit = commit });
    }

    private string? Heads() => GitCommit.HeadsOf(
        new[] { _options.Rules, _options.Playbooks, Path.GetDirectoryName(_options.Policy) }.Where(p => !string.IsNullOrEmpty(p))!);

    private LoadedDefinitions Load() => DefinitionsLoader.Load(_options.Rules, _options.Playbooks, _actions, _options.Policy, _engine);

    private IReadOnlyList<DefinitionFault> Faults(LoadedDefinitions loaded) =>
        loaded.Set is null
            ? loaded.Faults
            : [.. DefinitionTestRunner.Run(loaded, _time, TestsWithin).Where(r => !r.Passed).Select(r => r.ToFault())];

    private DefinitionsStatus Loaded(LoadedDefinitions loaded, DefinitionSet set)
    {
        var now = _time.GetUtcNow();
        return new(set.Revision, set.Commit, loaded.Rules!.Rules.Count, set.Playbooks.Count, now, true, now, []);
    }

    private static partial class Log
    {
        [LoggerMessage(
            EventId = 6001,
            Level = LogLevel.Information,
            Message = "In force: revision {Revision} (commit: {Commit}), rules: {Rules}, playbooks: {Playbooks}")]
        public static partial void Loaded(ILogger logger, int rules, int playbooks, string revision, string commit);

        [LoggerMessage(
            EventId = 6002,
            Level = LogLevel.Error,
            Message = "The changed definitions are refused; revision {Revision} stays in force; faults: {Count}\n{Faults}")]
        public static partial void Refused(ILogger logger, string revision, int count, string faults);
    }
}

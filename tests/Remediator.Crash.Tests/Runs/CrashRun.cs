using Remediator.Core.Events;
using Remediator.Crash.Tests.Histories;
using Remediator.Crash.Tests.Plans;
using Remediator.Testing;
using Remediator.Testing.Kubernetes;
using Remediator.Testing.Machines;

namespace Remediator.Crash.Tests.Runs;

/// <summary>What came of a plan.</summary>
/// <param name="Kills">How many of its kills were reached.</param>
/// <param name="Starts">How long each start took until it listened.</param>
internal sealed record CrashOutcome(
    CrashPlan Plan, int Kills, IReadOnlyList<TimeSpan> Starts, TimeSpan Took, IReadOnlyList<Fault> Faults, int Incidents, int WithPeople,
    int Effects, string Story)
{
    /// <summary>Of a run that came to its end.</summary>
    public History? History { get; init; }

    public bool Failed => Faults.Count > 0;
}

/// <summary>One plan, carried out on the real program until nothing more is to come.</summary>
internal sealed class CrashRun(CrashPlan plan, RunSettings settings, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(600);
    /// <summary>For a machine to be replaced, in seconds of a playbook: here 3 s and 60 s.</summary>
    private static readonly TimeSpan TooShort = TimeSpan.FromSeconds(150);
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(3000);

    private static readonly TimeSpan Lag = TimeSpan.FromMilliseconds(300);

    private readonly long _began = time.GetTimestamp();
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);
    private long? _listened;

    public async Task<CrashOutcome> RunAsync(CancellationToken cancellationToken)
    {
        await using var cluster = await FakeCluster.StartAsync();
        await using var room = await MachineRoom.StartAsync(time, plan.MachineTakes);
        room.CourseOf = CourseOf;
        room.WithinOf = space => CourseOf(space) is Course.Stalling ? TooShort : LongEnough;
        room.Done = act => Replaced(cluster, act);
        foreach (var resource in plan.Resources.Where(r => r.Trouble is Trouble.AnswerIsLost))
            room.LoseAnswer(resource.Name, resource.Refusals);
        foreach (var resource in plan.Resources.Where(r => r.Trouble is not Trouble.SeenLate))
            Add(cluster, resource);
        await using var pager = await Pager.StartAsync(plan.NotifyFailures);
        await using var database = plan.OnPostgres ? new PostgresDatabase() : null;
        using var folder = new RunFolder(cluster, database);
        await using var servers = new Servers(folder, plan, pager.Url, room, settings, time);
        var source = new AlertSource(cluster, plan.Resources, time);
        var managers = Enumerable.Range(0, plan.Alertmanagers)
            .Select(i => new Alertmanager(source, plan, () => servers.Webhook, i * Lag, time))
            .ToList();
        var reader = new StoreReader(folder.Use);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var telling = Task.WhenAll(managers.Select(m => m.RunAsync(over.Token)));

        History Seen() => new()
        {
            Accepted = [.. managers.SelectMany(m => m.Accepted)],
            Entries = reader.Entries(),
            Effects = [.. cluster.Effects, .. room.Effects],
            Acts = room.Acts,
            Heard = [.. pager.Heard.Keys],
        };

        IReadOnlyList<Fault> missing;
        do
        {
            missing = await SettleAsync(async () =>
            {
                await servers.KeepAsync();
                if (servers.Webhook is not null)
                    _listened ??= time.GetTimestamp();
                Strike(cluster, pager, folder, servers, reader);
                source.Evaluate(Now);
                return servers.Webhook is not null
                    && Now > plan.LastAt
                    && plan.Resources.All(r => cluster.Has(r.Name))
                    && managers.TrueForAll(m => m.IsIdle)
                    ? [.. LossChecks.Missing(Seen())]
                    : [new(FaultKind.Lost, "not everything has been told to the server yet")];
            }, cancellationToken);
            await over.CancelAsync();
            await telling;
            if (missing.Count == 0)
                missing = await SettleAsync(async () =>
                {
                    // a kill may come as late as this
                    await servers.KeepAsync();
                    return await servers.InboxAsync(cancellationToken) == 0 ? [] : [new(FaultKind.Lost, "the inbox is not empty")];
                }, cancellationToken);
        }
        while (!await servers.StopAsync(cancellationToken) && missing.Count == 0);

        if (missing.Count > 0)
            return Outcome(Seen(), servers, missing);

        var history = Seen() with { Remains = await reader.RemainsAsync(cancellationToken) };
        return Outcome(history, servers, HistoryChecks.Faults(history));
    }

    /// <returns>What was still missing when the time was over.</returns>
    private async Task<IReadOnlyList<Fault>> SettleAsync(Func<Task<IReadOnlyList<Fault>>> look, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        while (true)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
            var missing = await look();
            if (missing.Count == 0)
                return missing;
            if (time.GetElapsedTime(_began) > Patience)
                return [.. missing.Select(m => m with { Message = $"after {Patience.TotalSeconds:0} s: {m.Message}" })];
        }
    }

    private CrashOutcome Outcome(History history, Servers servers, IReadOnlyList<Fault> faults) => new(
        plan, servers.Kills, servers.Listening, time.GetElapsedTime(_began),
        [.. servers.Faults.Select(f => new Fault(FaultKind.Broken, f)), .. faults],
        history.Of<IncidentOpened>().Count(), history.Of<Escalated>().Count(), history.Effects.Count, Story(history, servers))
    {
        History = history,
    };

    private Course CourseOf(string space) => plan.Resources.Single(r => r.Name == space).Cure switch
    {
        Cure.MachineThatHalts => Course.Halting,
        Cure.NoMachineInTime => Course.Stalling,
        _ => Course.Steady,
    };

    private void Replaced(FakeCluster cluster, LongAct act)
    {
        if (plan.Resources.Single(r => r.Name == act.Space).Cure is Cure.Machine or Cure.MachineThatHalts)
            cluster.Heal(act.Space);
    }

    private static void Add(FakeCluster cluster, ResourcePlan resource)
    {
        cluster.Add(new(resource.Name, resource.Name, repair => resource.Cure switch
        {
            Cure.Nothing or Cure.NotEvenMemory => false,
            _ when resource.IsLong => false,
            Cure.Rollout => repair is Repair.Rollout,
            _ => true,
        }, resource.Trouble is Trouble.SeenLate ? resource.FirstPod : null, resource.Cure is Cure.NotEvenMemory));
        if (resource.Trouble is Trouble.AnswerIsLost)
            cluster.LoseAnswer(resource.Name, resource.Refusals);
    }

    /// <summary>The clock of the plan: it starts when the server first listens.</summary>
    private TimeSpan Now => _listened is { } listened ? time.GetElapsedTime(listened) : TimeSpan.MinValue;

    /// <summary>What happens by itself when its time has come.</summary>
    private void Strike(FakeCluster cluster, Pager pager, RunFolder folder, Servers servers, StoreReader reader)
    {
        // once its alert has a place among the unknown, which it is moved from
        foreach (var resource in plan.Resources.Where(r => Now >= r.At && !cluster.Has(r.Name)).ToList())
        {
            if (reader.Entries().Any(e => e.Event is AlertObserved && e.Resource.Namespace == resource.Name))
                Add(cluster, resource);
        }

        foreach (var resource in plan.Resources.Where(r => r.Trouble is Trouble.HealsByItself && Now >= r.At && _done.Add(r.Name)))
            cluster.Heal(resource.Name);
        foreach (var (told, resource) in pager.Heard.Where(h => !h.Key.Closing))
        {
            if (plan.Resources.FirstOrDefault(r => r.PersonMends && resource.EndsWith($"/{r.Name}", StringComparison.Ordinal)) is { } mended
                && _done.Add(told.Incident))
                cluster.Heal(mended.Name);
        }

        if (plan.ReloadAt <= Now && _done.Add("reload"))
            folder.WritePlaybook();
        if (plan.ShutdownAt <= Now && servers.Webhook is not null && _done.Add("shutdown"))
            servers.Terminate();
    }

    private string Story(History history, Servers servers) => string.Join(
        '\n',
        [
            .. history.Entries.Select(e => $"{e.Sequence,5} {e.At:HH:mm:ss.fff} {e.Resource.Display} {e.Version} "
                + $"{e.Incident} {EventCodec.NameOf(e.Event)} {EventCodec.Write(e.Event)}"),
            .. history.Acts.Select(a => $"act {a}, pushed {a.Pushes.Count} times, cancelled {a.Cancels.Count} times"),
            .. history.Effects.Select(e => $"effect {e.At:HH:mm:ss.fff} {e.Act} {e.Namespace}/{e.Name} {e.Uid} {e.ActionId}"),
            servers.Story,
        ]);
}

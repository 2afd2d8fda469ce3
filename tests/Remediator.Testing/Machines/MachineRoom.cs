using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Remediator.Core.Actions;
using Remediator.Testing.Kubernetes;

namespace Remediator.Testing.Machines;

/// <summary>
/// A provider of machines in this process, as a cloud is one: what is begun there goes on whatever becomes of who has begun it. Servers
/// that a test starts with <see cref="Environment"/> have the action <c>testing.replace</c> for it.
/// </summary>
public sealed class MachineRoom : IAsyncDisposable
{
    private readonly LocalServer _server = new();
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly List<LongAct> _acts = [];
    private readonly List<ITimer> _timers = [];
    private readonly ConcurrentDictionary<string, int> _losing = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _refusals = new(StringComparer.Ordinal);

    private MachineRoom(TimeProvider time) => _time = time;

    /// <summary>So long an act goes on, in the time of this room.</summary>
    public TimeSpan Takes { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>By the namespace of what is replaced.</summary>
    public Func<string, Course> CourseOf { get; set; } = _ => Course.Steady;

    /// <summary>What is said of the time that it may take, in seconds of a playbook.</summary>
    public Func<string, TimeSpan> WithinOf { get; set; } = _ => TimeSpan.FromHours(6);

    /// <summary>Told of each act that is done.</summary>
    public Action<LongAct> Done { get; set; } = _ => { };

    /// <summary>Who has looked at an act, newest last.</summary>
    public ConcurrentQueue<string> Lookers { get; } = [];

    public IReadOnlyList<LongAct> Acts
    {
        get
        {
            lock (_lock)
                return [.. _acts];
        }
    }

    /// <summary>Each beginning is one.</summary>
    public IEnumerable<Effect> Effects => Acts.Select(
        a => new Effect(a.Begun.At, "begin", a.Space, a.Handle, MachineOf(a.Space), a.ActionId, a.Begun.By));

    public static async Task<MachineRoom> StartAsync(TimeProvider time, TimeSpan takes)
    {
        var room = new MachineRoom(time) { Takes = takes };
        await room._server.StartAsync(app => app.Run(room.AnswerAsync));
        return room;
    }

    /// <summary>Of a server that is to have the action.</summary>
    /// <param name="by">By which it is known here.</param>
    public IReadOnlyDictionary<string, string> Environment(string by) => ActionsHook.Environment(new($"{_server.Url}/{by}/"));

    /// <summary>The next act is begun, and the answer does not arrive.</summary>
    /// <param name="refusals">After it so many questions about acts of this namespace are refused.</param>
    public void LoseAnswer(string space, int refusals) => _losing[space] = refusals;

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
            _timers.ForEach(t => t.Dispose());
        await _server.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context)
    {
        var id = context.Request.Query["id"].ToString();
        var space = context.Request.Query["space"].ToString();
        return (context.Request.Method, context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries)) switch
        {
            ("GET", [_, "machines", var of]) => GiveAsync(context, new MachineAnswer(MachineOf(of))),
            ("GET", [_, "acts"]) => LookAsync(context, space, Acts.LastOrDefault(a => a.ActionId == id)),
            ("GET", [var by, "acts", var handle]) => WatchAsync(context, by, handle),
            ("POST", [var by, "acts"]) => BeginAsync(context, space, id, by),
            ("POST", [var by, "acts", var handle, "push"]) => GiveAsync(context, Push(handle, by)),
            ("DELETE", [var by, "acts", var handle]) => GiveAsync(context, Cancel(handle, by)),
            _ => FailAsync(context, StatusCodes.Status404NotFound),
        };
    }

    private static string MachineOf(string space) => $"i-{space}";

    private Task WatchAsync(HttpContext context, string by, string handle)
    {
        Lookers.Enqueue(by);
        var act = Acts.FirstOrDefault(a => a.Handle == handle);
        return LookAsync(context, act?.Space ?? "", act);
    }

    private Task LookAsync(HttpContext context, string space, LongAct? act) =>
        _refusals.AddOrUpdate(space, -1, (_, left) => left - 1) >= 0 ? FailAsync(context, StatusCodes.Status403Forbidden)
        : act is null ? FailAsync(context, StatusCodes.Status404NotFound)
        : GiveAsync(context, act);

    private Task BeginAsync(HttpContext context, string space, string id, string by)
    {
        var course = id.EndsWith(ReplaceAction.Undone, StringComparison.Ordinal) ? Course.Steady : CourseOf(space);
        var act = new LongAct(
            $"act-{Guid.NewGuid():n}"[..12], id, space, course, WithinOf(space), new(TimeProvider.System.GetUtcNow(), by));
        lock (_lock)
            _acts.Add(act);
        After(Takes / 2, act.Handle, a => a with { IsHalf = true });
        if (course is Course.Steady)
            After(Takes, act.Handle, End);
        if (!_losing.TryRemove(space, out var refusals))
            return GiveAsync(context, act);

        _refusals[space] = refusals;
        context.Abort();
        return Task.CompletedTask;
    }

    private LongAct Push(string handle, string by)
    {
        var act = Change(handle, a => a with { Pushes = [.. a.Pushes, new(TimeProvider.System.GetUtcNow(), by)] });
        After(Takes / 2, handle, End);
        return act;
    }

    private LongAct Cancel(string handle, string by)
    {
        var now = TimeProvider.System.GetUtcNow();
        return Change(handle, a => a with
        {
            Cancels = [.. a.Cancels, new(now, by)],
            CancelledAt = a.IsOver ? a.CancelledAt : now,
        });
    }

    private static LongAct End(LongAct act) => act.IsOver ? act : act with { DoneAt = TimeProvider.System.GetUtcNow() };

    private void After(TimeSpan wait, string handle, Func<LongAct, LongAct> change)
    {
        lock (_lock)
            _timers.Add(_time.CreateTimer(_ => Change(handle, change), null, wait, Timeout.InfiniteTimeSpan));
    }

    private LongAct Change(string handle, Func<LongAct, LongAct> change)
    {
        LongAct before, after;
        lock (_lock)
        {
            var at = _acts.FindIndex(a => a.Handle == handle);
            before = _acts[at];
            after = _acts[at] = change(before);
        }

        if (before.DoneAt is null && after.DoneAt is not null)
            Done(after);
        return after;
    }

    private static Task GiveAsync(HttpContext context, LongAct act) =>
        GiveAsync(context, new ActAnswer(act.Handle, act.IsOver, act.Within.TotalSeconds, act.Status));

    private static Task GiveAsync<T>(HttpContext context, T answer) => context.Response.WriteAsJsonAsync(answer, context.RequestAborted);

    private static Task FailAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}

internal sealed record MachineAnswer(string InstanceId);

internal sealed record ActAnswer(string Handle, bool IsOver, double WithinSeconds, ActStatus Status);

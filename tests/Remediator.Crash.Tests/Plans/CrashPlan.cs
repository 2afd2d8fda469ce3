using Remediator.Crash.Tests.Runs;

namespace Remediator.Crash.Tests.Plans;

/// <summary>Where the server is killed: at the N-th time that it comes to this failpoint.</summary>
internal sealed record Kill(string Failpoint, int Hits)
{
    public override string ToString() => $"{Failpoint}:{Hits}";
}

/// <summary>What heals a workload with one crashing pod.</summary>
internal enum Cure
{
    NewPod,
    Rollout,
    Nothing,
    /// <summary>Neither does more memory help, which is given and taken back.</summary>
    NotEvenMemory,
    /// <summary>Another machine: an act that goes on for longer than its call.</summary>
    Machine,
    /// <summary>The same, and it comes no further than half by itself.</summary>
    MachineThatHalts,
    /// <summary>Nothing: the machine is not replaced in its time, and that is cancelled.</summary>
    NoMachineInTime,
    /// <summary>Not even another machine, which is given back, and that takes its time too.</summary>
    NotEvenMachine,
}

/// <summary>What else befalls it.</summary>
internal enum Trouble
{
    None,
    /// <summary>Somebody mends it meanwhile.</summary>
    HealsByItself,
    /// <summary>Its alert is said to be over, and then fires again.</summary>
    AlertFlaps,
    /// <summary>The first act has its effect, and its answer is lost.</summary>
    AnswerIsLost,
    /// <summary>Its alert comes before it is seen, and so is about an unknown pod at first.</summary>
    SeenLate,
}

/// <param name="FiresAt">Times count from when the server first listens.</param>
/// <param name="At">When <paramref name="Trouble"/> strikes, where it has a time.</param>
/// <param name="Refusals">Where the answer is lost: so many reads afterwards are forbidden, so that a probe may see nothing.</param>
/// <param name="PersonMends">Whoever is told of it mends it.</param>
internal sealed record ResourcePlan(int Index, Cure Cure, Trouble Trouble, TimeSpan FiresAt, TimeSpan At, int Refusals, bool PersonMends)
{
    /// <summary>By its first letter rules choose its playbook.</summary>
    public string Name => $"{(IsLong ? 'm' : 'w')}{Index}";

    /// <summary>Of a workload that is seen late; known before it is there.</summary>
    public string FirstPod => $"{Name}-7c9f8d6b5-bcdfg";

    public bool IsLong => Cure is Cure.Machine or Cure.MachineThatHalts or Cure.NoMachineInTime or Cure.NotEvenMachine;

    /// <summary>What was done does not help, and is taken back.</summary>
    public bool IsTakenBack => Cure is Cure.NotEvenMemory or Cure.NotEvenMachine;

    public override string ToString() =>
        $"{Name} {Cure}{(Trouble is Trouble.None ? "" : $"/{Trouble}")}{(Refusals == 0 ? "" : $"({Refusals})")}";
}

/// <summary>All that one run is made of; the same seed gives the same plan for ever.</summary>
internal sealed record CrashPlan
{
    public required int Seed { get; init; }
    /// <summary>Its journal is in PostgreSQL instead of a file.</summary>
    public bool OnPostgres => Seed % 5 == 0;
    public required Kill First { get; init; }
    /// <summary>During the recovery from the first.</summary>
    public Kill? Second { get; init; }
    public required IReadOnlyList<ResourcePlan> Resources { get; init; }
    public TimeSpan? ReloadAt { get; init; }
    public TimeSpan? ShutdownAt { get; init; }
    /// <summary>Two of them tell the same, each in its own time.</summary>
    public required int Alertmanagers { get; init; }
    /// <summary>How often each post is sent.</summary>
    public required int Copies { get; init; }
    public required TimeSpan RepeatEvery { get; init; }
    /// <summary>To replace a machine.</summary>
    public required TimeSpan MachineTakes { get; init; }
    /// <summary>So many posts to people fail at first.</summary>
    public required int NotifyFailures { get; init; }

    /// <summary>Nothing more happens by itself after it.</summary>
    public TimeSpan LastAt => Resources.SelectMany(r => new[] { r.FiresAt, r.At + AlertSource.Quiet })
        .Append(ReloadAt ?? default)
        .Append(ShutdownAt ?? default)
        .Max();

    public override string ToString() =>
        $"seed {Seed}{(OnPostgres ? " on PostgreSQL" : "")}: {First}{(Second is null ? "" : $", then {Second}")}; "
            + $"{string.Join(", ", Resources)}; {Alertmanagers} Alertmanagers, {Copies} copies"
        + $"{(ReloadAt is null ? "" : $"; reload at {ReloadAt.Value.TotalSeconds:0.0} s")}"
            + $"{(ShutdownAt is null ? "" : $"; shutdown at {ShutdownAt.Value.TotalSeconds:0.0} s")}";
}

using System.Globalization;
using Remediator.Crash.Tests.Plans;
using Remediator.Testing;
using Remediator.Testing.Machines;

namespace Remediator.Crash.Tests.Runs;

/// <summary>The server through its deaths: armed with the next kill at each start, until all of them have happened.</summary>
internal sealed class Servers(
    RunFolder folder, CrashPlan plan, string notify, MachineRoom room, RunSettings settings, TimeProvider time) : IAsyncDisposable
{
    private const int Killed = 128 + 9;
    private const string Shutdown = "during-shutdown";

    private readonly Queue<Kill> _kills = new(plan.Second is null ? [plan.First] : [plan.First, plan.Second]);
    private RemediatorProcess? _current;
    private string _last = "(not started)";
    private long? _startedAt;
    private bool _terminated;

    /// <summary>How it ended where it should not have.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>From each start until it listened.</summary>
    public List<TimeSpan> Listening { get; } = [];

    /// <summary>Kills that have happened.</summary>
    public int Kills { get; private set; }

    public HttpClient? Webhook => _current is { IsListening: true } server ? server.Webhook : null;

    public string Story => _current?.Story() ?? _last;

    /// <summary>Starts it, at first and whenever it has ended.</summary>
    public async Task KeepAsync()
    {
        if (_current is { IsListening: true } && _startedAt is { } started)
        {
            Listening.Add(time.GetElapsedTime(started));
            _startedAt = null;
        }

        if (_current is { ExitCode: null })
            return;

        if (_current is not null)
            await BuryAsync();
        _startedAt = time.GetTimestamp();
        _current = RemediatorProcess.Launch(folder.Data, folder.Arguments(notify, settings.Talk), Environment(), settings.Program);
    }

    /// <summary>Asks it to end, as a restart of the machine does; <see cref="KeepAsync"/> starts it again.</summary>
    public void Terminate()
    {
        _terminated = true;
        _current!.Terminate();
    }

    /// <returns>How many alerts wait in its inbox, as it says itself; null where it does not say.</returns>
    public async Task<int?> InboxAsync(CancellationToken cancellationToken)
    {
        try
        {
            var metrics = Webhook is { } client ? await client.GetStringAsync("/metrics", cancellationToken) : "";
            return metrics.Split('\n').FirstOrDefault(l => l.StartsWith("remediator_inbox_waiting", StringComparison.Ordinal)) is { } line
                ? int.Parse(line[line.LastIndexOf('}')..].Split(' ')[1], CultureInfo.InvariantCulture)
                : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <returns>True when it ended as asked; false when it was killed on the way, and has to be started again.</returns>
    public async Task<bool> StopAsync(CancellationToken cancellationToken)
    {
        Terminate();
        await _current!.WaitForExitAsync(cancellationToken);
        var killed = _current.ExitCode == Killed && _kills.Count > 0;
        await BuryAsync();
        return !killed;
    }

    public async ValueTask DisposeAsync()
    {
        if (_current is not null)
            await _current.DisposeAsync();
    }

    private Dictionary<string, string> Environment()
    {
        var environment = new Dictionary<string, string>(settings.Environment);
        foreach (var (name, value) in Failpoints.Environment(_kills.TryPeek(out var kill) ? kill.ToString() : null)
            .Concat(room.Environment("server")))
            environment[name] = value;
        return environment;
    }

    private async Task BuryAsync()
    {
        var ended = _current!;
        _current = null;
        if (ended.ExitCode == Killed && _kills.TryDequeue(out _))
            Kills++;
        else if (ended.ExitCode != 0 || !_terminated)
            Faults.Add($"the server ended with {ended.ExitCode} by itself. {ended.Story()}");
        else if (_kills.TryPeek(out var kill) && kill.Failpoint == Shutdown)
            _kills.Clear();
        _last = ended.Story();
        _terminated = false;
        await ended.DisposeAsync();
    }
}

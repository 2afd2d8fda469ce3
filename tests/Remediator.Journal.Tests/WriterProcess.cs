using System.Collections.Concurrent;
using System.Diagnostics;

namespace Remediator.Journal.Tests;

/// <summary>A process of its own that writes; see its program for what it says.</summary>
internal sealed class WriterProcess : IDisposable
{
    /// <summary>From the folder of this test's own build to that of the program.</summary>
    private static readonly string Program = Path.GetFullPath(
        Path.Combine(
            AppContext.BaseDirectory, "..", "..", "Remediator.Journal.Writer", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')),
            "Remediator.Journal.Writer"));

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = [];
    private readonly ConcurrentQueue<string> _errors = [];

    public WriterProcess(string folder, int alerts, PostgresDatabase? database, string? failpoint = null)
    {
        string[] store = database is null ? [] : [database.Connection, database.PasswordFile];
        var start = new ProcessStartInfo(Program, [folder, $"{alerts}", .. store])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        foreach (var (name, value) in Failpoints.Environment(failpoint))
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_said, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int ExitCode => _process.ExitCode;

    public string Errors => string.Join('\n', _errors);

    /// <summary>The numbers of the alerts of which it said so.</summary>
    public HashSet<int> Said(string word) =>
        [.. _said.Select(line => line.Split(' '))
            .Where(line => line is [var first, _] && first == word)
            .Select(line => int.Parse(line[1]))];

    public async Task EndAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Wait.Patience);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"The writer had not ended after {Wait.Patience}. It said:\n{string.Join('\n', _said.TakeLast(5))}\n{Errors}");
        }
    }

    /// <summary>STOP or CONT, so that the whole process stands still or goes on.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
    }
}

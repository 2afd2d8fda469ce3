using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;

namespace Remediator.Testing;

/// <summary>The real program, serving as a child process on a free port with a data folder of its own.</summary>
public sealed class RemediatorProcess : IAsyncDisposable
{
    private const int TerminateSignal = 15;
    private const int ContinueSignal = 18;
    private const int StopSignal = 19;

    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<int> _exit = Task.FromResult(0);

    private RemediatorProcess(string dataFolder, Process process) => (DataFolder, _process) = (dataFolder, process);

    public string DataFolder { get; }

    /// <summary>Sends the webhook's token.</summary>
    public HttpClient Webhook { get; private set; } = new();

    /// <summary>Sends the operator's token.</summary>
    public HttpClient Operator { get; private set; } = new();

    public ConcurrentQueue<string> Log { get; } = [];

    public ConcurrentQueue<string> Stderr { get; } = [];

    /// <param name="environment">Added to the test's own.</param>
    public static async Task<RemediatorProcess> StartAsync(
        string dataFolder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellationToken)
    {
        var server = Launch(dataFolder, arguments, environment);
        try
        {
            await server.ListeningAsync(cancellationToken);
            return server;
        }
        catch (Exception e)
        {
            await server.DisposeAsync();
            if (e is TimeoutException or InvalidOperationException)
                throw new InvalidOperationException($"remediator does not listen: {e.Message} {server.Story()}", e);
            throw;
        }
    }

    /// <summary>As <see cref="StartAsync"/>, for one that may end before it listens.</summary>
    /// <param name="program">Another build of it; null for the one of this build.</param>
    public static RemediatorProcess Launch(
        string dataFolder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string? program = null)
    {
        var start = RemediatorProgram.StartInfo(["serve", "--data", dataFolder, "--listen", "http://127.0.0.1:0", .. arguments]);
        start.FileName = program ?? start.FileName;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var server = new RemediatorProcess(dataFolder, new Process { StartInfo = start });
        server.Run();
        return server;
    }

    /// <summary>Null while it runs.</summary>
    public int? ExitCode => _exit.IsCompletedSuccessfully ? _exit.Result : null;

    /// <summary>Its address is known, so that it can be posted to.</summary>
    public bool IsListening => _listening.Task.IsCompletedSuccessfully && ExitCode is null;

    /// <exception cref="InvalidOperationException">It ended before.</exception>
    public Task ListeningAsync(CancellationToken cancellationToken) => _listening.Task.WaitAsync(Wait.Patience, cancellationToken);

    /// <summary>As the system asks a service to end; returns at once.</summary>
    public void Terminate() => _ = SendSignal(_process.Id, TerminateSignal);

    /// <summary>It stands still where it is, as a virtual machine that is moved or a process that is out of memory does.</summary>
    public void Suspend() => _ = SendSignal(_process.Id, StopSignal);

    /// <summary>It goes on, and does not know that time has passed.</summary>
    public void Resume() => _ = SendSignal(_process.Id, ContinueSignal);

    /// <summary>As <c>kill -9</c>.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        _process.Kill();
        await _exit.WaitAsync(cancellationToken);
    }

    /// <summary>As the system asks a service to end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        Terminate();
        await WaitForExitAsync(cancellationToken);
        return await _exit;
    }

    /// <summary>Waits until the process has ended by itself, as at a failpoint.</summary>
    public async Task WaitForExitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _exit.WaitAsync(Wait.Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"remediator did not end within {Wait.Patience}. {Story()}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _exit;
        _process.Dispose();
        Webhook.Dispose();
        Operator.Dispose();
    }

    public string Story() => $"It said:{Environment.NewLine}{string.Join(Environment.NewLine, [.. Stderr, .. Log.TakeLast(40)])}";

    private void Run()
    {
        _process.OutputDataReceived += (_, line) => Keep(Log, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(Stderr, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        _exit = ExitAsync();
    }

    private async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync();
        _listening.TrySetException(new InvalidOperationException($"remediator ended with {_process.ExitCode} before it listened."));
        return _process.ExitCode;
    }

    private void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is null)
            return;

        lines.Enqueue(line);
        if (line.TrimStart().Split("listens on", 2) is not ["", var told])
            return;

        var address = new Uri(told.Split(',')[0].Trim());
        Webhook = Client(address, "webhook.token");
        Operator = Client(address, "operator.token");
        _listening.TrySetResult(address);
    }

    private HttpClient Client(Uri address, string token) => new()
    {
        BaseAddress = address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", TokenIn(token)) },
    };

    private string TokenIn(string file)
    {
        var path = Path.Combine(DataFolder, file);
        return File.Exists(path) ? File.ReadAllText(path).Trim() : "none";
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SendSignal(int processId, int signal);
}

namespace Remediator.Server.Verbs;

/// <summary>Says how far a long verb is: a line that counts up in a terminal, nothing in a script's log.</summary>
internal sealed class StderrProgress(string what) : IProgress<long>, IDisposable
{
    private readonly bool _terminal = !Console.IsErrorRedirected;
    private bool _shown;

    public void Report(long value)
    {
        if (!_terminal)
            return;

        Console.Error.Write($"\r{what}: {value:N0}");
        _shown = true;
    }

    public void Dispose()
    {
        if (_shown)
            Console.Error.WriteLine();
    }
}

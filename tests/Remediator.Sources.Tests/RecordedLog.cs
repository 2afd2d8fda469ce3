using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Remediator.Sources.Tests;

/// <summary>Every log line of a host, with the scopes that it was written in.</summary>
internal sealed class RecordedLog : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public ConcurrentQueue<(LogLevel Level, string Text, IReadOnlyDictionary<string, object> Scope)> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Recorder(this);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() { }

    private sealed class Recorder(RecordedLog log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => log._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Dictionary<string, object> scope = [];
            log._scopes.ForEachScope(
                (part, into) =>
                {
                    foreach (var (key, value) in part as IEnumerable<KeyValuePair<string, object>> ?? [])
                        into[key] = value;
                },
                scope);
            log.Lines.Enqueue((logLevel, formatter(state, exception), scope));
        }
    }
}

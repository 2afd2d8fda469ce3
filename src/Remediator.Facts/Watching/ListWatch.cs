using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Watching;

/// <summary>
/// Keeps a store equal to the server's objects of one kind: list once, then watch, and list again when the server has forgotten where we
/// were.
/// </summary>
internal sealed partial class ListWatch<T>(WatchedKind kind, ObjectStore<T> store, WatchHealth health, WatchContext context) : IListWatch
    where T : class, IKubeObject
{
    /// <summary>After so many failures of watches from one version, that version is suspect.</summary>
    private const int FailuresBeforeRelist = 4;

    private string? _folder;
    private string? _version;
    private int _failures;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                _folder ??= await DiscoverAsync(cancellationToken);
                if (_version is null)
                    await ListAsync(cancellationToken);
                else
                    await WatchAsync(_version, cancellationToken);
                continue;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                var pause = Judge(e);
                await context.PauseAsync(pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>What to forget after a failure, and how long to wait.</summary>
    private TimeSpan Judge(Exception failure)
    {
        if (failure is ApiFailureException refused
            && (refused.Status is HttpStatusCode.NotFound
                ? kind.Optional
                : kind.MayBeForbidden && refused.Status is HttpStatusCode.Forbidden))
            return GoWithout(refused);

        _failures++;
        var reason = failure is StalledException or ApiFailureException ? failure.Message : $"{failure.GetType().Name}: {failure.Message}";
        health.Failed(reason);
        context.Metrics.Failed(kind.Plural, failure);
        if (failure is ApiFailureException { Status: HttpStatusCode.Gone })
        {
            Log.Expired(context.Logger, kind.Plural);
            _version = null;
        }
        else
        {
            var level = context.IsNews(kind.Plural, failure) ? LogLevel.Warning : LogLevel.Debug;
            Log.Failed(context.Logger, level, kind.Plural, reason, _failures);
            if (failure is JsonException or InvalidDataException || _failures >= FailuresBeforeRelist)
                _version = null;
        }

        return context.Backoff(_failures);
    }

    private TimeSpan GoWithout(ApiFailureException refused)
    {
        store.KeepOnly([], forbidden: refused.Status is HttpStatusCode.Forbidden);
        if (health.Missing(refused.Message))
            Log.Missing(context.Logger, kind.Plural, refused.Message);
        context.Changed();
        _folder = null;
        _version = null;
        _failures = 0;
        return context.Options.MissingRetry;
    }

    private async Task<string> DiscoverAsync(CancellationToken cancellationToken)
    {
        if (kind.Versions.Count == 1)
            return kind.Folder(kind.Versions[0]);

        using var deadline = context.Deadline(cancellationToken);
        foreach (var folder in kind.Versions.Select(kind.Folder))
        {
            try
            {
                deadline.Extend(context.Options.PageTimeout);
                var offered = await context.Server.ReadAsync<ResourceList>(folder, deadline.Token);
                if (offered.Resources.Any(r => r.Name == kind.Plural))
                    return folder;
            }
            catch (ApiFailureException e) when (e.Status is HttpStatusCode.NotFound)
            {
                // this version is not served; the next may be
            }
            catch (OperationCanceledException) when (deadline.HasPassed)
            {
                throw new StalledException(
                    $"The server gave no answer about {folder} within {context.Options.PageTimeout.TotalSeconds:0} s.");
            }
        }

        throw new ApiFailureException(
            HttpStatusCode.NotFound, $"the server has no {kind.Plural} in {string.Join(" or ", kind.Versions.Select(kind.Folder))}");
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var asOf = health.Now;
        var listed = new HashSet<ObjectName>();
        var next = "";
        ListPage<T> page;
        using var deadline = context.Deadline(cancellationToken);
        do
        {
            deadline.Extend(context.Options.PageTimeout);
            try
            {
                page = await context.Server.ReadAsync<ListPage<T>>(
                    $"{_folder}/{kind.Plural}?limit={context.Options.PageSize}{next}", deadline.Token);
            }
            catch (OperationCanceledException) when (deadline.HasPassed)
            {
                throw new StalledException(
                    $"A list of {kind.Plural} gave no answer within {context.Options.PageTimeout.TotalSeconds:0} s.");
            }

            store.SetAll(page.Items, listed);
            next = $"&continue={Uri.EscapeDataString(page.Metadata.Continue ?? "")}";
        }
        while (!string.IsNullOrEmpty(page.Metadata.Continue));

        if (page.Metadata.ResourceVersion.Length == 0)
            throw new JsonException($"A list of {kind.Plural} has no resourceVersion.");

        store.KeepOnly(listed);
        _version = page.Metadata.ResourceVersion;
        health.Listed(asOf);
        context.Changed();
        context.Metrics.Listed(kind.Plural);
        Log.Listed(context.Logger, kind.Plural, listed.Count, _version);
    }

    /// <summary>
    /// One watch from beginning to end. After a failure it is a short one, whose orderly end soon proves that all is well again.
    /// </summary>
    private async Task WatchAsync(string version, CancellationToken cancellationToken)
    {
        var seconds = _failures > 0 ? 1 : context.WatchSeconds();
        var patience = TimeSpan.FromSeconds(seconds) + context.Options.Slack;
        var begun = context.Time.GetTimestamp();
        var lines = 0;
        using var deadline = context.Deadline(cancellationToken);
        deadline.Extend(patience);
        try
        {
            var path = $"{_folder}/{kind.Plural}?watch=true&allowWatchBookmarks=true"
                + $"&timeoutSeconds={seconds}&resourceVersion={Uri.EscapeDataString(version)}";
            using var response = await context.Server.GetAsync(path, deadline.Token);
            await using var body = await response.Content.ReadAsStreamAsync(deadline.Token);
            await foreach (var line in WatchLines.ReadAsync(body, deadline.Token))
            {
                Apply(WatchEvent<T>.Parse(line));
                deadline.Extend(patience);
                lines++;
            }
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw new StalledException($"The watch of {kind.Plural} gave nothing for {patience.TotalSeconds:0} s and was cut.");
        }

        health.Proven();
        _failures = 0;
        if (lines == 0 && context.Time.GetElapsedTime(begun) < context.ShortestWatch)
            await context.PauseAsync(context.Backoff(1), cancellationToken);
    }

    private void Apply(WatchEvent<T> change)
    {
        switch (change.Type)
        {
            case WatchEventType.Set:
                store.Set(change.Object);
                break;
            case WatchEventType.Removed:
                store.Remove(change.Object.Metadata.Key);
                break;
        }

        _version = change.Object.Metadata.ResourceVersion;
        health.Proven();
        if (change.Type is not WatchEventType.Bookmark)
            context.Changed();
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 3001, Level = LogLevel.Debug, Message = "Listed {Count} {Kind} at version {Version}")]
        public static partial void Listed(ILogger logger, string kind, int count, string version);

        [LoggerMessage(
            EventId = 3002, Level = LogLevel.Information,
            Message = "The server no longer knows where the watch of {Kind} was; listing again")]
        public static partial void Expired(ILogger logger, string kind);

        [LoggerMessage(EventId = 3003, Message = "The watch of {Kind} failed ({Failures} in a row): {Reason}")]
        public static partial void Failed(ILogger logger, LogLevel level, string kind, string reason, int failures);

        [LoggerMessage(EventId = 3004, Level = LogLevel.Warning, Message = "Continuing without {Kind}: {Reason}")]
        public static partial void Missing(ILogger logger, string kind, string reason);
    }
}

internal interface IListWatch
{
    /// <summary>Runs until it is cancelled; never fails.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}

/// <summary>A list or a watch gave nothing for longer than it may.</summary>
internal sealed class StalledException(string message) : Exception(message);

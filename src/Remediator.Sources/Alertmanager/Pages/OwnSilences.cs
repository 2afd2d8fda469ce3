using System.Net.Sockets;
using Microsoft.Extensions.Options;
using Remediator.Core.Actions;
using Remediator.Core.Alerts;
using Remediator.Core.Pages;
using Remediator.Sources.Alertmanager.Lists;
using Remediator.Sources.Alertmanager.Silences;

namespace Remediator.Sources.Alertmanager.Pages;

/// <summary>
/// Silences of the engine's own, at the group whose alert it is. Replicas of a group tell each other of theirs, so the first that takes one
/// is enough; to be sure that none is in force, all are asked.
/// </summary>
internal sealed class OwnSilences(
    AlertmanagerClient client, AlertmanagerLists lists, SilenceWatch watch, IOptions<AlertmanagerGroups> options,
    TimeProvider time) : IPageSilences
{
    /// <summary>One that does not answer must not take the time of the others.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    /// <summary>Alertmanager keeps milliseconds.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(1);

    public bool CanHold(string? source) => Replicas(source).Count > 0;

    public async Task<string> HoldAsync(PageHold hold, CancellationToken cancellationToken)
    {
        var failures = new List<ActionFailedException>();
        foreach (var at in Known(Replicas(AlertSource.Of(hold.Fingerprint)), hold))
        {
            try
            {
                return await AtOneAsync(at, token => FindOrMakeAsync(at, hold, token), cancellationToken);
            }
            catch (ActionFailedException e)
            {
                failures.Add(e);
            }
        }

        throw Failure(failures);
    }

    public async Task<string?> ReleaseAsync(PageHold hold, CancellationToken cancellationToken)
    {
        string? ended = null;
        var failures = new List<ActionFailedException>();
        var replicas =
            Known(
                AlertSource.Of(hold.Fingerprint) is { } source
                    ? Replicas(source)
                    : [.. options.Value.All.SelectMany(AlertmanagerReplica.Of)],
                hold);
        foreach (var at in replicas)
        {
            try
            {
                ended = await AtOneAsync(at, token => EndAllAsync(at, hold, token), cancellationToken) ?? ended;
            }
            catch (ActionFailedException e)
            {
                failures.Add(e);
            }
        }

        // one that did not answer may have what the others were not told of
        return failures.Count == replicas.Count || (ended is null && failures.Count > 0) ? throw Failure(failures) : ended;
    }

    private IReadOnlyList<AlertmanagerReplica> Replicas(string? source) =>
        options.Value.All.FirstOrDefault(g => g.Source == source) is { } group ? AlertmanagerReplica.Of(group) : [];

    private static IReadOnlyList<AlertmanagerReplica> Known(IReadOnlyList<AlertmanagerReplica> replicas, PageHold hold) =>
        replicas.Count > 0
        ? replicas
        : throw new ActionFailedException(
            FailureKind.Permanent, $"the source of alert {hold.Fingerprint} is not a configured group of Alertmanagers");

    private async Task<string> FindOrMakeAsync(AlertmanagerReplica at, PageHold hold, CancellationToken cancellationToken)
    {
        var found = (await StandingAsync(at, hold, cancellationToken)).MaxBy(s => s.EndsAt);
        var silence = found?.EndsAt >= hold.Until - Rounding ? found : await MakeAsync(at, hold, found, cancellationToken);
        watch.Remember(at.Group.Source, silence);
        if (found is not null && found.Id != silence.Id)
            watch.Forget(at.Group.Source, found.Id);
        return silence.Id;
    }

    /// <param name="sooner">
    /// One of this hold that ends too soon. Alertmanager moves its end, or ends it and begins another, in one step.
    /// </param>
    private async Task<Silence> MakeAsync(
        AlertmanagerReplica at, PageHold hold, Silence? sooner, CancellationToken cancellationToken)
    {
        var silence = hold.AsSilence(time.GetUtcNow());
        silence = sooner is null ? silence : silence with { Id = sooner.Id, StartsAt = sooner.StartsAt };
        try
        {
            var posted = await client.PostAsync(
                at, "api/v2/silences", PostableSilence.Of(silence), OwnSilencesJson.Default.PostableSilence,
                OwnSilencesJson.Default.PostedSilence, cancellationToken);
            return silence with { Id = posted.Id
                ?? throw new ActionFailedException(FailureKind.Unknown, $"{at.Url} did not say which silence it made") };
        }
        catch (HttpRequestException e)
        {
            throw new ActionFailedException(IsRefused(e) ? FailureKind.Transient : FailureKind.Unknown, e.Message, e);
        }
        catch (OperationCanceledException e)
        {
            throw new ActionFailedException(FailureKind.Unknown, $"{at.Url} did not answer", e);
        }
    }

    private async Task<string?> EndAllAsync(AlertmanagerReplica at, PageHold hold, CancellationToken cancellationToken)
    {
        var standing = await StandingAsync(at, hold, cancellationToken);
        foreach (var silence in standing)
        {
            await EndAsync(at, hold, silence.Id, cancellationToken);
            watch.Forget(at.Group.Source, silence.Id);
        }

        return standing.Count > 0 ? standing[0].Id : null;
    }

    /// <summary>Another Alertmanager of the set may have ended it in this moment, which this one takes for a mistake of ours.</summary>
    private async Task EndAsync(AlertmanagerReplica at, PageHold hold, string id, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeleteAsync(at, $"api/v2/silence/{Uri.EscapeDataString(id)}", cancellationToken);
        }
        catch (HttpRequestException e) when (e.StatusCode is not null)
        {
            if ((await StandingAsync(at, hold, cancellationToken)).Any(s => s.Id == id))
                throw;
        }
    }

    private async Task<IReadOnlyList<Silence>> StandingAsync(AlertmanagerReplica at, PageHold hold, CancellationToken cancellationToken) =>
        [.. (await lists.SilencesAsync(at, cancellationToken)).Standing.Where(s => hold.IsHeldBy(s) || s.Id == hold.SilenceId)];

    private async Task<T> AtOneAsync<T>(AlertmanagerReplica at, Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await ask(either.Token);
        }
        catch (HttpRequestException e)
        {
            throw new ActionFailedException(FailureKind.Transient, e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ActionFailedException(FailureKind.Transient, $"{at.Url} did not answer within {Patience.TotalSeconds:0} s", e);
        }
    }

    /// <summary>It cannot have made one: it said no, or was never reached.</summary>
    private static bool IsRefused(HttpRequestException e) =>
        (int?)e.StatusCode is >= 400 and < 500
            || e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
        || e.InnerException?.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };

    private static ActionFailedException Failure(List<ActionFailedException> failures) =>
        new(
            failures.Exists(f => f.Kind is FailureKind.Unknown) ? FailureKind.Unknown : FailureKind.Transient,
            string.Join("; ", failures.Select(f => f.Message)));
}

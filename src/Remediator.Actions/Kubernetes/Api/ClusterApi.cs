using System.Net;
using Remediator.Core.Actions;

namespace Remediator.Actions.Kubernetes.Api;

/// <summary>Every call to the API server goes through here: in time, with a timeout, and with one kind of failure.</summary>
/// <param name="client">Null where no cluster is configured; actions are listed and described all the same.</param>
internal sealed class ClusterApi(Func<k8s.IKubernetes?> client, TimeProvider time)
{
    /// <summary>Shorter than the 10 s after <see cref="ActionRequest.NotAfter"/> when another replica may take over.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(8);

    /// <summary>Objects in one answer; with more, an answer of a large namespace takes tens of megabytes.</summary>
    public const int PageSize = 500;

    public TimeProvider Time { get; } = time;

    /// <summary>How long one call may take. Longer only where nobody else can take over: in tests on a machine that is busy.</summary>
    public TimeSpan Timeout { get; init; } = CallTimeout;

    /// <param name="what">Completes "Could not ...": <c>read deployment shop/api</c>.</param>
    public Task<T> ReadAsync<T>(
        string what,
        DateTimeOffset notAfter,
        Func<k8s.IKubernetes, CancellationToken, Task<T>> call,
        CancellationToken cancellationToken) =>
        CallAsync(what, FailureKind.Transient, notAfter, call, cancellationToken);

    /// <summary>Reads a list page by page, and keeps of each page what is wanted.</summary>
    /// <param name="call">Gets the token that the next page begins with; null for the first.</param>
    public async Task<IReadOnlyList<T>> PagesAsync<T, TList>(
        string what, DateTimeOffset notAfter, Func<k8s.IKubernetes, string?, CancellationToken, Task<TList>> call, Func<T, bool> wanted,
        CancellationToken cancellationToken)
        where TList : k8s.Models.IItems<T>, k8s.Models.IMetadata<k8s.Models.V1ListMeta>
    {
        var kept = new List<T>();
        string? from = null;
        do
        {
            var page = await ReadAsync(what, notAfter, (k, ct) => call(k, from, ct), cancellationToken);
            kept.AddRange(page.Items.Where(wanted));
            from = page.Metadata?.ContinueProperty;
        }
        while (!string.IsNullOrEmpty(from));

        return kept;
    }

    /// <summary>
    /// As <see cref="ReadAsync"/>, but a failure that may have come after the write is of kind <see cref="FailureKind.Unknown"/>.
    /// </summary>
    public Task<T> WriteAsync<T>(
        string what,
        DateTimeOffset notAfter,
        Func<k8s.IKubernetes, CancellationToken, Task<T>> call,
        CancellationToken cancellationToken) =>
        CallAsync(what, FailureKind.Unknown, notAfter, call, cancellationToken);

    /// <summary>Deletes one object by its uid. One that is gone, or another of its name, is left as it is.</summary>
    /// <param name="display">Kind, namespace and name, for messages.</param>
    public async Task DeleteIfThereAsync<T>(
        string display, string uid, DateTimeOffset notAfter,
        Func<k8s.IKubernetes, k8s.Models.V1DeleteOptions, CancellationToken, Task<T>> delete, CancellationToken cancellationToken)
    {
        var options = new k8s.Models.V1DeleteOptions { Preconditions = new() { Uid = uid } };
        try
        {
            await WriteAsync($"delete {display}", notAfter, (k, ct) => delete(k, options, ct), cancellationToken);
        }
        catch (ActionFailedException e) when (e.Status() is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // of a delete with nothing but a uid as precondition, a conflict says that another object has the name now
        }
    }

    private async Task<T> CallAsync<T>(
        string what, FailureKind whenBroken, DateTimeOffset notAfter, Func<k8s.IKubernetes, CancellationToken, Task<T>> call,
        CancellationToken cancellationToken)
    {
        var kubernetes = client() ?? throw new ActionFailedException(
            FailureKind.Permanent, $"Could not {what}: no Kubernetes cluster is configured. Give a kubeconfig, or run inside a cluster.");
        if (Time.GetUtcNow() > notAfter)
            throw new ActionFailedException(FailureKind.Transient, $"Could not {what}: the time allowed for this step is over.");

        using var timeout = new CancellationTokenSource(Timeout, Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await call(kubernetes, linked.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ActionFailedException(
                whenBroken, $"Could not {what}: the API server did not answer within {Timeout.TotalSeconds:0} s.", e);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw ApiFailure.From(e, what, whenBroken);
        }
    }
}

using k8s;
using k8s.Autorest;

namespace Remediator.Server.Access;

/// <summary>
/// Asks the API server, which may hang or be away: for a bounded time, by a bounded number of callers at once, of whom none waits for
/// another.
/// </summary>
internal sealed class ApiQuestions : IDisposable
{
    private const int AtOnce = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _places = new(AtOnce);

    /// <exception cref="NoAnswerException">There is no answer; the message says why.</exception>
    public async Task<T> AskAsync<T>(
        IKubernetes? api, Func<IKubernetes, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        if (api is null)
            throw new NoAnswerException("this server has no cluster");
        if (!_places.Wait(0, CancellationToken.None))
            throw new NoAnswerException($"{AtOnce} callers wait for the API server already");

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            return await ask(api, deadline.Token).WaitAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new NoAnswerException($"the API server did not answer within {Patience.TotalSeconds:0} s");
        }
        catch (HttpOperationException e)
        {
            throw new NoAnswerException(
                $"the API server answered {(int)e.Response.StatusCode}; this server needs the ClusterRole remediator-authenticate");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or KubernetesException or System.Text.Json.JsonException)
        {
            throw new NoAnswerException($"the API server cannot be asked: {e.Message}");
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();
}

internal sealed class NoAnswerException(string message) : Exception(message);

namespace Remediator.Journal.Sqlite;

/// <summary>One caller's part of a group commit. The caller learns its outcome only after the COMMIT.</summary>
internal abstract class WriteRequest
{
    /// <summary>A caller that went away before its turn wrote nothing.</summary>
    public abstract bool IsCancelled { get; }

    public abstract void Apply(WriteTransaction transaction);

    public abstract void Complete();

    public abstract void Fail(Exception fault);
}

internal sealed class WriteRequest<T>(Func<WriteTransaction, T> write, CancellationToken cancellationToken) : WriteRequest
{
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Outcome => _outcome.Task;

    public override bool IsCancelled => cancellationToken.IsCancellationRequested && _outcome.TrySetCanceled(cancellationToken);

    public override void Apply(WriteTransaction transaction) => _result = write(transaction);

    public override void Complete() => _outcome.TrySetResult(_result!);

    public override void Fail(Exception fault) => _outcome.TrySetException(fault);
}

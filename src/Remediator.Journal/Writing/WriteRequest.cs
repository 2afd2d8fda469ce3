namespace Remediator.Journal.Writing;

/// <summary>One caller's part of a group commit. The caller learns its outcome only after the COMMIT.</summary>
internal abstract class WriteRequest
{
    /// <summary>What is written, for metrics.</summary>
    public abstract string Kind { get; }

    /// <summary>A caller that went away before its turn wrote nothing.</summary>
    public abstract bool IsCancelled { get; }

    /// <summary>Written although this replica was declared dead; in a group of its own.</summary>
    public abstract bool IsFarewell { get; }

    /// <summary>It waits in a lane of its own.</summary>
    public abstract bool IsIntake { get; }

    public abstract void Ask(Image image);

    public abstract void Decide(Image image);

    public abstract void Complete();

    public abstract void Fail(Exception fault);
}

internal sealed class WriteRequest<T>(IWrite<T> write, CancellationToken cancellationToken) : WriteRequest
{
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public Task<T> Outcome => _outcome.Task;

    public override string Kind => write.Kind;

    public override bool IsCancelled => cancellationToken.IsCancellationRequested && _outcome.TrySetCanceled(cancellationToken);

    public override bool IsFarewell => write.IsFarewell;

    public override bool IsIntake => write.IsIntake;

    public override void Ask(Image image) => write.Ask(image);

    public override void Decide(Image image) => _result = write.Decide(image);

    public override void Complete() => _outcome.TrySetResult(_result!);

    public override void Fail(Exception fault) => _outcome.TrySetException(fault);
}

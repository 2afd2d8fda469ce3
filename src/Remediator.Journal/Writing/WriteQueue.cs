namespace Remediator.Journal.Writing;

/// <summary>
/// What waits to be written, in two lanes, each with room of its own: what comes in, and what the engine decides. A group takes from both,
/// so that neither waits for the other to run dry; it takes less of what is decided, since whoever sends an alert waits for the whole
/// group.
/// </summary>
/// <param name="limit">So many may wait in each lane.</param>
/// <param name="batchSize">So much of what comes in shares a group at most.</param>
internal sealed class WriteQueue(int limit, int batchSize)
{
    private readonly object _lock = new();
    private readonly Queue<WriteRequest> _intake = [];
    private readonly Queue<WriteRequest> _decided = [];
    private readonly int _share = Math.Max(1, batchSize / 8);
    private bool _closed;

    public int Count
    {
        get
        {
            lock (_lock)
                return _intake.Count + _decided.Count;
        }
    }

    /// <returns>False where its lane is full.</returns>
    /// <exception cref="InvalidOperationException">It was closed.</exception>
    public bool TryAdd(WriteRequest request)
    {
        lock (_lock)
        {
            if (_closed)
                throw new InvalidOperationException("Nothing more is written.");
            var lane = request.IsIntake ? _intake : _decided;
            if (lane.Count >= limit)
                return false;
            lane.Enqueue(request);
            Monitor.Pulse(_lock);
            return true;
        }
    }

    /// <summary>Waits for the next group.</summary>
    /// <returns>False once it was closed and nothing is left.</returns>
    public bool Take(List<WriteRequest> group)
    {
        lock (_lock)
        {
            while (_intake.Count + _decided.Count == 0)
            {
                if (_closed)
                    return false;
                Monitor.Wait(_lock);
            }

            Move(_intake, batchSize, group);
            Move(_decided, _share, group);
            return true;
        }
    }

    public void TakeAll(List<WriteRequest> rest)
    {
        lock (_lock)
        {
            Move(_intake, limit, rest);
            Move(_decided, limit, rest);
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
        }
    }

    private static void Move(Queue<WriteRequest> lane, int most, List<WriteRequest> to)
    {
        for (; most > 0 && lane.TryDequeue(out var request); most--)
            to.Add(request);
    }
}

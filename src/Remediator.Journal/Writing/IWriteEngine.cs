namespace Remediator.Journal.Writing;

/// <summary>How one engine writes.</summary>
internal interface IWriteEngine : IDisposable
{
    /// <summary>The store, as a message calls it.</summary>
    string Name { get; }

    IWriteSession Open();

    /// <summary>True where nothing was written for certain, and what was asked for is at fault, not the store.</summary>
    bool IsOfRequest(Exception fault);

    /// <summary>What a fault of the store means for those who wait, in words for an operator.</summary>
    Exception Explain(Exception fault);
}

/// <summary>A connection of the writer. After any fault it is thrown away, and the next group opens another.</summary>
internal interface IWriteSession : IDisposable
{
    /// <summary>Begins a transaction as the only writer there is, and answers what the image wants to know.</summary>
    void Begin(Image image);

    /// <summary>Writes and commits. Where it throws, nobody may know whether it did.</summary>
    void Commit(Changes changes);

    long CountInbox();
}

namespace Remediator.Journal.Writing;

/// <summary>
/// One request: what it has to know, and what follows from it. It touches nothing but the image, and may be asked again on another one.
/// </summary>
internal interface IWrite<out T>
{
    /// <summary>What is written, for metrics.</summary>
    string Kind { get; }

    /// <summary>Written although this replica was declared dead.</summary>
    bool IsFarewell => false;

    /// <summary>Somebody outside waits for the answer, and sends again or gives up where it takes long.</summary>
    bool IsIntake => false;

    void Ask(Image image);

    /// <summary>Decides on the image as the requests before it in the group have left it.</summary>
    T Decide(Image image);
}

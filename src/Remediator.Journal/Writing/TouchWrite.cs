namespace Remediator.Journal.Writing;

/// <summary>Changes nothing, and has to reach the disk all the same.</summary>
internal sealed class TouchWrite : IWrite<bool>
{
    public string Kind => "touch";

    public void Ask(Image image)
    {
        // there is nothing to know
    }

    public bool Decide(Image image)
    {
        image.Changes.Run(Commands.Touch);
        return true;
    }
}

using Remediator.Core.Resources;
using Remediator.Journal.Format;

namespace Remediator.Journal.Writing;

/// <summary>The wake-up of a resource, and nothing else of it.</summary>
/// <returns>False where the resource has another version by now: somebody else has decided.</returns>
internal sealed class DueWrite(ResourceKey resource, long version, DateTimeOffset? due) : IWrite<bool>
{
    private readonly string _resource = resource.ToString();

    public string Kind => "wake-up";

    public void Ask(Image image) => image.Heads.Want(_resource);

    public bool Decide(Image image)
    {
        if ((image.Heads[_resource]?.Version ?? 0) != version)
            return false;
        Put(image, _resource, due);
        return true;
    }

    public static void Put(Image image, string resource, DateTimeOffset? due)
    {
        if (due is { } at)
            image.Changes.Put(Table.DueWork, resource, StoredTime.Text(at));
        else
            image.Changes.Delete(Table.DueWork, "resource", resource);
    }
}

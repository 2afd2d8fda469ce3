namespace Remediator.Actions.Hosts.DeleteImages;

/// <summary>Nothing: whether images may be deleted is the policy's to say, for each host.</summary>
public sealed record DeleteImagesInput;

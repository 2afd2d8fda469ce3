using Amazon.EC2;
using Amazon.EC2.Model;
using Remediator.Actions.Aws.Reach;
using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.GrowVolume;

/// <summary>An EBS volume and its last change, as EC2 has them at one moment.</summary>
/// <param name="Volume">Null where EC2 knows none by that id.</param>
/// <param name="Change">Null where it was never changed, or that is long ago.</param>
internal sealed record VolumeSight(Volume? Volume, VolumeModification? Change)
{
    public int GiB => Volume?.Size ?? 0;

    /// <summary><c>modifying</c>, <c>optimizing</c>, <c>completed</c>, <c>failed</c>; empty for none.</summary>
    public string State => Change?.ModificationState?.Value ?? "";

    /// <summary>It is asked to become so large, or is so already.</summary>
    public bool IsAskedFor(int gib) => GiB >= gib || (Change?.TargetSize >= gib && State is not "failed");

    /// <summary>A larger volume can be used from <c>optimizing</c> on (EBS User Guide, "Monitor the progress").</summary>
    public bool Has(int gib) => GiB >= gib || (Change?.TargetSize >= gib && State is "optimizing" or "completed");

    public static async Task<VolumeSight> ReadAsync(
        AwsApi aws, string id, DateTimeOffset notAfter, CancellationToken cancellationToken)
    {
        Volume? volume;
        try
        {
            volume = (await aws.ReadPagesAsync(
                $"read volume {id}", notAfter,
                (c, next, ct) => c.Ec2.DescribeVolumesAsync(new() { VolumeIds = [id], NextToken = next }, ct),
                page => (page.Volumes, page.NextToken), cancellationToken)).FirstOrDefault(v => v.VolumeId == id);
        }
        catch (ActionFailedException e) when (e.InnerException is AmazonEC2Exception { ErrorCode: "InvalidVolume.NotFound" })
        {
            return new(null, null);
        }

        // a filter: asked by its id, EC2 answers with an error for one that was never changed
        var changes = await aws.ReadPagesAsync(
            $"read the last change of volume {id}", notAfter,
            (c, next, ct) => c.Ec2.DescribeVolumesModificationsAsync(
                new() { Filters = [new("volume-id", [id])], NextToken = next }, ct),
            page => (page.VolumesModifications, page.NextToken), cancellationToken);
        return new(volume, changes.Where(m => m.VolumeId == id).MaxBy(m => m.StartTime ?? DateTime.MinValue));
    }
}

using Amazon.EC2.Model;
using Remediator.Actions.Aws.Reach;

namespace Remediator.Actions.Aws.Instances;

internal static class DescribedInstances
{
    /// <param name="what">Completes "Could not ...".</param>
    /// <exception cref="Core.Actions.ActionFailedException">AWS could not be read, or knows one of the ids not.</exception>
    public static Task<IReadOnlyList<Instance>> InstancesAsync(
        this AwsApi aws, string what, DateTimeOffset notAfter, DescribeInstancesRequest request, CancellationToken cancellationToken) =>
        aws.ReadPagesAsync(
            what, notAfter,
            (c, next, ct) => c.Ec2.DescribeInstancesAsync(
                new DescribeInstancesRequest { InstanceIds = request.InstanceIds, Filters = request.Filters, NextToken = next }, ct),
            page => ((page.Reservations ?? []).SelectMany(r => r.Instances ?? []), page.NextToken), cancellationToken);
}

using Remediator.Core.Actions;

namespace Remediator.Actions.Aws.Instances;

/// <summary>
/// Why a machine is not to be moved: stopped and started again, so that it runs on other hardware, with the same volumes on EBS.
/// </summary>
internal static class MoveDoubt
{
    /// <summary>Whether other hardware would help at all, and nothing is lost with this one: what no other step changes.</summary>
    /// <returns>Null where nothing speaks against it.</returns>
    public static async Task<string?> OfAsync(
        NodeInstance found, InstanceReader instances, ActionRequest request, CancellationToken cancellationToken)
    {
        var (id, instance) = (found.InstanceId, found.Instance);
        if (found.BadHardware is null)
            return $"nothing says that the hardware under instance {id} is bad";
        // spot, or of a capacity block that ends
        if (instance.InstanceLifecycle?.Value is { Length: > 0 } bought)
            return $"instance {id} is a {bought} instance, which EC2 may not start again";
        if (instance.RootDeviceType?.Value != "ebs")
            return $"the root of instance {id} is on no EBS volume, and would be lost";
        if (instance.Placement?.Tenancy?.Value == "host")
            return $"instance {id} belongs to a dedicated host, and may start on the same one";
        return found.Policy is not { LosesLocalData: true } && await instances.HasInstanceStoreAsync(found, request, cancellationToken)
            ? $"instances of type {instance.InstanceType} have an instance store, which is lost when they stop, unless the policy says "
                + "local_data: lost for its group"
            : null;
    }
}

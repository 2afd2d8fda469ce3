using Remediator.Core.Resources;
using Remediator.Server.Settings;

namespace Remediator.Server.Tests.Settings;

public sealed class EngineOptionsTests
{
    /// <summary>It is in every key of the journal, and an index holds only so much.</summary>
    [Fact]
    public void ClusterWithALongName_IsRefused() => Assert.Equal(
        ["The name of the cluster, 'éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé…', has 600 bytes when it is "
            + "percent-escaped; set Cluster:Name to one of at most 256."],
        new EngineOptionsValidator(new ClusterName(new string('é', 100))).Validate(null, new()).Failures);

    [Fact]
    public void ClusterOfACloud_IsCalledByItsWholeName() => Assert.Null(
        new EngineOptionsValidator(new ClusterName($"arn:aws:eks:ap-southeast-2:123456789012:cluster/{new string('c', 100)}"))
            .Validate(null, new()).Failures);
}

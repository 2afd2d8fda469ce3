using Remediator.Facts.Objects;

namespace Remediator.Facts.Tests.Projection;

/// <summary>On which server of files a mount is, whatever says so.</summary>
public sealed class StorageServerTests : ProjectionTest
{
    [Theory]
    [InlineData("nfs.csi.k8s.io", "10.9.9.9#export#pvc", "server", "10.9.9.9", "nfs:10.9.9.9")]
    [InlineData("efs.csi.aws.com", "fs-0123456789abcdef0::fsap-0123", "", "", "efs:fs-0123456789abcdef0")]
    [InlineData("smb.csi.k8s.io", "share", "source", "//files.shop.example/share", "smb:files.shop.example")]
    [InlineData("rook-ceph.cephfs.csi.ceph.com", "0001", "clusterID", "rook-ceph", "cephfs:rook-ceph")]
    [InlineData("ebs.csi.aws.com", "vol-0123", "server", "10.9.9.9", "")]
    [InlineData("nfs.csi.k8s.io", "share", "", "", "")]
    public void Claim_IsOnTheServerOfItsVolume(string driver, string handle, string attribute, string value, string server) => Says(
        Only(
            Objects(new() { Csi = new() { Driver = driver, VolumeHandle = handle, VolumeAttributes = A.Map((attribute, value)) } }), "pvc"),
        ("volume", "v"), ("server", server));

    [Fact]
    public void Claim_FollowsItsVolume_WhicheverIsSeenFirst()
    {
        var cluster = new SeenCluster(Memory);
        var objects = Objects(new() { Nfs = new() { Server = "10.9.9.9" } });
        Assert.Equal("", Assert.Single(cluster.See(objects with { Volumes = [] }, A.Now).Named("pvc"))["server"]);
        Assert.Equal("nfs:10.9.9.9", Assert.Single(cluster.See(objects, A.Now).Named("pvc"))["server"]);
        Assert.Equal("", Assert.Single(cluster.See(objects with { Volumes = [] }, A.Now).Named("pvc"))["server"]);
    }

    [Fact]
    public void VolumeOfAPodThatNamesItsServer_IsAMountWithoutAClaim()
    {
        var pod = A.Pod("api-1", null, "", A.Running());
        Says(
            Only(
                new() { Pods = [pod with { Spec = pod.Spec with { NodeName = "n1", Volumes =
                    [default, new(null, new() { Server = "10.9.9.9" })] } }] },
                "mount"),
            ("node", "n1"), ("persistentvolumeclaim", ""), ("server", "nfs:10.9.9.9"));
    }

    private static ClusterObjects Objects(VolumeSpec spec) => new()
    {
        Claims = [new() { Metadata = A.Meta("data"), Spec = new() { VolumeName = "v" } }],
        Volumes = [new() { Metadata = A.Meta("v", ""), Spec = spec }],
    };
}

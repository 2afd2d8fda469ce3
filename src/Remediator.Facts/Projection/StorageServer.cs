using Remediator.Facts.Objects;

namespace Remediator.Facts.Projection;

/// <summary>
/// The server of files that a volume is on, as <c>kind:name</c>: one that does not answer hangs every node that mounts from it. Empty for
/// disks, which belong to one machine at a time, and for what is not known here.
/// </summary>
internal static class StorageServer
{
    public static string Of(NfsVolume nfs) => nfs.Server.Length > 0 ? $"nfs:{nfs.Server}" : "";

    public static string Of(PersistentVolume volume) => volume.Spec switch
    {
        { Nfs: { } nfs } => Of(nfs),
        { Csi: { } csi } => Of(csi),
        _ => "",
    };

    private static string Of(CsiVolume csi) => csi.Driver switch
    {
        // fs-0123456789abcdef0::fsap-0123456789abcdef0
        "efs.csi.aws.com" => $"efs:{csi.VolumeHandle.Split(':')[0]}",
        "smb.csi.k8s.io" => Named("smb", csi.VolumeAttributes.GetValueOrDefault("source", "").TrimStart('/').Split('/')[0]),
        _ when csi.Driver.EndsWith("cephfs.csi.ceph.com", StringComparison.Ordinal) =>
            Named("cephfs", csi.VolumeAttributes.GetValueOrDefault("clusterID", "")),
        _ when csi.Driver.Contains("nfs", StringComparison.OrdinalIgnoreCase) =>
            Named("nfs", csi.VolumeAttributes.GetValueOrDefault("server", "")),
        _ => "",
    };

    private static string Named(string kind, string name) => name.Length > 0 ? $"{kind}:{name}" : "";
}

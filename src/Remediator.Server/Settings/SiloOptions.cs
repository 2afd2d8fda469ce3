namespace Remediator.Server.Settings;

/// <summary>Section <c>Silo</c>: where replicas of one store talk to each other, and how they know each other.</summary>
internal sealed class SiloOptions
{
    public const string Section = "Silo";

    /// <summary>IP address that the others reach this replica at; it listens there alone.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>0 takes a free port.</summary>
    public int Port { get; set; }

    /// <summary>This replica's certificate, in PEM. All replicas carry the same DNS name in theirs.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>The certificate's private key, in PEM.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>Who issues the certificates of replicas, in PEM.</summary>
    public string CaFile { get; set; } = "";

    public bool HasCertificates => CertificateFile.Length > 0 && KeyFile.Length > 0 && CaFile.Length > 0;
}

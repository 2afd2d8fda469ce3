namespace Remediator.Server.Settings;

/// <summary>Section <c>Silo</c>: where replicas of one store talk to each other.</summary>
internal sealed class SiloOptions
{
    public const string Section = "Silo";

    /// <summary>IP address that the others reach this replica at; it listens there alone.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>0 takes a free port.</summary>
    public int Port { get; set; }
}

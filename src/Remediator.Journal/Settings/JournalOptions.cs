using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Remediator.Journal.Settings;

public sealed class JournalOptions
{
    public const string Section = "Journal";

    /// <summary>Where the store, its lock and the key of its checkpoints are. Made with mode 0700 where it is missing.</summary>
    [Required(ErrorMessage = "Journal:DataFolder is missing: name the folder that keeps the journal.")]
    public string DataFolder { get; set; } = "";

    /// <summary>
    /// A database of PostgreSQL instead of a file in the data folder: a connection string of Npgsql, without the password.
    /// </summary>
    public string Postgres { get; set; } = "";

    /// <summary>A file that holds the password; empty where none is needed.</summary>
    public string PostgresPasswordFile { get; set; } = "";

    /// <summary>
    /// Who issued the database's certificate, in PEM; empty: those that this machine trusts. Wants <c>SSL Mode=VerifyFull</c>.
    /// </summary>
    public string PostgresCaFile { get; set; } = "";

    /// <summary>
    /// The private key of the checkpoints, in PEM; empty: one in the data folder, made at the first start. Replicas must share one.
    /// </summary>
    public string CheckpointKeyFile { get; set; } = "";

    /// <summary>A signed checkpoint is written after so many events.</summary>
    [Range(1, 10_000)]
    public int CheckpointEvents { get; set; } = 1000;

    /// <summary>And when the oldest event without one is so old.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// So many writes may wait for the disk, of what comes in and of what the engine decides each; further ones are refused.
    /// </summary>
    [Range(1, 1_000_000)]
    public int QueueLimit { get; set; } = 10_000;

    /// <summary>So many alerts may wait for their resources; further ones are refused, and Alertmanager sends them again.</summary>
    [Range(1, 10_000_000)]
    public int InboxLimit { get; set; } = 200_000;

    /// <summary>So many writes of what comes in share one commit at most, with an eighth as many of what the engine decides.</summary>
    [Range(1, 10_000)]
    public int BatchSize { get; set; } = 512;

    /// <summary>Where <see cref="KeepFor"/> is not set.</summary>
    public static readonly TimeSpan UsuallyKept = TimeSpan.FromDays(400);

    /// <summary>
    /// Entries older than this are moved to archive files; rows of closed incidents, and resources with nothing to remember, go with their
    /// last entry. At least 31 days stay, whatever is said here: records of playbooks are counted from them.
    /// With PostgreSQL it wants <see cref="ArchiveFolder"/>.
    /// </summary>
    [Range(typeof(TimeSpan), "7.00:00:00", "36500.00:00:00", ErrorMessage = "Journal:KeepFor must be 7 days (7.00:00:00) or more.")]
    public TimeSpan? KeepFor { get; set; }

    /// <summary>Dead letters are deleted after so long.</summary>
    [Range(
        typeof(TimeSpan), "1.00:00:00", "36500.00:00:00", ErrorMessage = "Journal:KeepDeadLettersFor must be a day (1.00:00:00) or more.")]
    public TimeSpan KeepDeadLettersFor { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// Where archive files go; empty: the folder <c>archive</c> in the data folder, and with PostgreSQL nowhere, so that nothing is
    /// archived.
    /// </summary>
    public string ArchiveFolder { get; set; } = "";
}

[OptionsValidator]
internal sealed partial class JournalOptionsValidator : IValidateOptions<JournalOptions>;

using Npgsql;

namespace Remediator.Journal.Postgres;

/// <summary>What the user says of the database, and what every connection to it needs besides.</summary>
internal sealed class PostgresSettings(string connectionString, string passwordFile, string caFile = "")
{
    /// <summary>
    /// From short to long: a replica that is stuck in a transaction loses it, and the lock that all writers share, before those who
    /// wait for the lock lose patience, and they before the database, and this program last.
    /// </summary>
    private const string Limits =
        "-c idle_in_transaction_session_timeout=5s -c lock_timeout=8s -c statement_timeout=11s "
        + "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=3 -c tcp_keepalives_count=3 -c synchronous_commit=on -c jit=off";
    private const int CommandSeconds = 14;
    private const int ConnectSeconds = 5;

    public const string Schema = "remediator";

    private volatile string? _password;
    private readonly NpgsqlConnectionStringBuilder _given = new(connectionString);

    /// <summary>The store, as a message calls it.</summary>
    public string Name => $"The database {_given.Database ?? _given.Username} at {_given.Host}:{_given.Port}";

    public string User => _given.Username ?? "(of this process)";

    public string PasswordFile => passwordFile;

    /// <summary>One connection at a time, which waits in line with the other writers.</summary>
    public NpgsqlDataSource Writer() => Build("remediator writer", $"{Limits} -c enable_seqscan=off", pool: 0);

    public NpgsqlDataSource Pool(int size) => Build("remediator", Limits, size);

    /// <summary>For an audit, which may stand still for as long as its reader likes, and for changes of the schema.</summary>
    public NpgsqlDataSource Patient(bool readOnly) =>
        Build("remediator audit", readOnly ? "-c default_transaction_read_only=on" : "-c lock_timeout=60s", pool: 0, readOnly);

    private NpgsqlDataSource Build(string application, string options, int pool, bool readOnly = false)
    {
        var settings = new NpgsqlConnectionStringBuilder(_given.ConnectionString)
        {
            ApplicationName = application,
            SearchPath = Schema,
            Options = $"{_given.Options} {options}".Trim(),
            GssEncryptionMode = GssEncryptionMode.Disable,
            Timeout = ConnectSeconds,
            CommandTimeout = pool == 0 && application.EndsWith("audit", StringComparison.Ordinal) ? 0 : CommandSeconds,
            Enlist = false,
            TcpKeepAlive = true,
            TcpKeepAliveTime = 10,
            TcpKeepAliveInterval = 5,
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            Pooling = pool > 0,
        };
        if (pool > 0)
            settings.MaxPoolSize = pool;
        if (caFile.Length > 0)
            settings.RootCertificate = caFile;
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        if (passwordFile.Length > 0)
            // a replaced secret is used from the next connection on
            builder.UsePasswordProvider(_ => Password(), (_, _) => ValueTask.FromResult(Password()));
        if (readOnly)
            // a reader opens a connection for each question; asking for the types of the database took longer than most answers
            builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return builder.Build();
    }

    /// <summary>While the file is being replaced it may be empty or away: the password before it is the right one then.</summary>
    private string Password()
    {
        try
        {
            return File.ReadAllText(passwordFile).TrimEnd('\r', '\n') is { Length: > 0 } text ? _password = text : _password ?? "";
        }
        catch (Exception e) when (_password is not null && (e is IOException or UnauthorizedAccessException))
        {
            return _password!;
        }
    }
}

using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;
using Remediator.Core.Journal;

namespace Remediator.Journal.Postgres;

/// <summary>What a fault of PostgreSQL means for an operator.</summary>
internal static class PostgresFaults
{
    /// <summary>
    /// True where the values are at fault: of a wrong kind, too long, against a constraint or a trigger. Nothing was written then.
    /// </summary>
    public static bool IsOfRequest(Exception e) =>
        e is PostgresException { SqlState: [var first, var second, ..] } && $"{first}{second}" is "22" or "23" or "54" or "P0";

    /// <summary>True where the connection was cut, or may have been.</summary>
    public static bool IsOfConnection(Exception e) =>
        e is PostgresException p
            ? p.SqlState.StartsWith("57P", StringComparison.Ordinal)
            : e is NpgsqlException or IOException or SocketException;

    public static bool IsFault(Exception e) =>
        e is NpgsqlException or IOException or SocketException or TimeoutException or UnauthorizedAccessException;

    public static StoreUnavailableException Explain(Exception e, PostgresSettings settings) =>
        e as StoreUnavailableException ?? new(e switch
    {
        PostgresException refused => Describe(refused, settings),
        NpgsqlException { InnerException: { } cause } => Describe(cause, settings),
        _ => Describe(e, settings)
    }, e);

    private static string Describe(Exception e, PostgresSettings settings) => e switch
    {
        TimeoutException => $"{settings.Name} does not answer. Is it overloaded, or the network down?",
        SocketException => $"{settings.Name} cannot be reached: {e.Message}. Is it running there (Journal:Postgres), and "
            + $"does the network allow the connection?",
        FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException =>
            $"The password of {Lower(settings.Name)} cannot be read from {settings.PasswordFile} "
                + $"(Journal:PostgresPasswordFile): {e.Message}",
        AuthenticationException => $"{settings.Name} shows a certificate that is not trusted: {e.Message} Name the file of "
            + $"its CA by Journal:PostgresCaFile, and the host as its certificate names it.",
        IOException => $"The connection to {Lower(settings.Name)} was cut: {e.Message}",
        _ => $"{settings.Name} cannot be used: {e.Message}"
    };

    private static string Describe(PostgresException e, PostgresSettings settings) => e.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
            $"{settings.Name} does not accept user {settings.User}: {e.MessageText}. Check the user (Journal:Postgres), its "
                + $"password (Journal:PostgresPasswordFile) and pg_hba.conf.",
        PostgresErrorCodes.InvalidCatalogName => $"{settings.Name} does not exist. Make it: CREATE DATABASE name OWNER {settings.User}.",
        PostgresErrorCodes.InsufficientPrivilege =>
            $"{settings.Name} denies user {settings.User} a permission it needs: {e.MessageText}. Make it the owner of the "
                + $"database, or grant CREATE on it.",
        PostgresErrorCodes.DiskFull => $"The disk of {Lower(settings.Name)} is full. Free space on it; nothing else needs to be done.",
        PostgresErrorCodes.ReadOnlySqlTransaction =>
            $"{settings.Name} is read-only: a standby, or set so. Name the primary (Journal:Postgres; Target Session "
                + $"Attributes=primary finds it among several hosts).",
        PostgresErrorCodes.TooManyConnections =>
            $"{settings.Name} has no connection left ({e.MessageText}). Raise max_connections there, or close others.",
        PostgresErrorCodes.LockNotAvailable =>
            $"{settings.Name} has been locked by another writer for too long. See pg_stat_activity for a session 'remediator "
                + $"writer' in a transaction.",
        PostgresErrorCodes.QueryCanceled =>
            $"{settings.Name} is too slow: a statement took longer than it may. See its load, its disk and pg_stat_activity.",
        "25P03" => $"{settings.Name} has ended our transaction, because this process was stuck in it for too long.",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow =>
            $"{settings.Name} is stopping, starting or was restarted: {e.MessageText}.",
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted =>
            $"{settings.Name} is damaged ({e.MessageText}). Stop all replicas and restore it from a backup.",
        _ => $"{settings.Name} cannot be used: {e.MessageText} ({e.SqlState})."
    };

    private static string Lower(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}

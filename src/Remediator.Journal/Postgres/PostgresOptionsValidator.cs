using Microsoft.Extensions.Options;
using Npgsql;
using Remediator.Journal.Settings;

namespace Remediator.Journal.Postgres;

internal sealed class PostgresOptionsValidator : IValidateOptions<JournalOptions>
{
    public ValidateOptionsResult Validate(string? name, JournalOptions options)
    {
        if (options.Postgres.Length == 0)
            return (options.PostgresPasswordFile, options.PostgresCaFile) switch
            {
                ({ Length: > 0 }, _) =>
                    ValidateOptionsResult.Fail("Journal:PostgresPasswordFile is set, but Journal:Postgres names no database."),
                (_, { Length: > 0 }) =>
                    ValidateOptionsResult.Fail("Journal:PostgresCaFile is set, but Journal:Postgres names no database."),
                _ => ValidateOptionsResult.Success,
            };
        try
        {
            string[] faults =
            [
                .. Faults(new NpgsqlConnectionStringBuilder(options.Postgres), options.PostgresCaFile),
                .. options is { KeepFor: { } keep, ArchiveFolder.Length: 0 }
                    ? [$"Journal:KeepFor is {keep}, but with PostgreSQL nothing is archived, and so nothing is deleted, without a "
                        + $"folder: set Journal:ArchiveFolder to a persistent volume, or leave Journal:KeepFor out, and all "
                        + $"entries stay in the database."]
                    : Array.Empty<string>(),
            ];
            return faults.Length > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return ValidateOptionsResult.Fail(
                $"Journal:Postgres is not a connection string such as "
                    + $"'Host=db.example;Database=remediator;Username=remediator': {e.Message}");
        }
    }

    private static IEnumerable<string> Faults(NpgsqlConnectionStringBuilder settings, string caFile)
    {
        if (string.IsNullOrEmpty(settings.Host) || string.IsNullOrEmpty(settings.Database) || string.IsNullOrEmpty(settings.Username))
            yield return "Journal:Postgres must name Host, Database and Username.";
        if (!string.IsNullOrEmpty(settings.Password))
            yield return "Journal:Postgres must not contain the password: settings are shown and copied. Put it into a file, "
                + "and set Journal:PostgresPasswordFile.";
        if (caFile.Length > 0 && settings.SslMode is not (SslMode.VerifyFull or SslMode.VerifyCA))
            yield return $"Journal:PostgresCaFile is set, but SSL Mode={settings.SslMode} verifies nothing with it: add 'SSL "
                + $"Mode=VerifyFull' to Journal:Postgres.";
        if (caFile.Length > 0 && !File.Exists(caFile))
            yield return $"Journal:PostgresCaFile '{caFile}': there is no such file.";
    }
}

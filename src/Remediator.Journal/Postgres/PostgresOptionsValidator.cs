using Microsoft.Extensions.Options;
using Npgsql;

namespace Remediator.Journal.Postgres;

internal sealed class PostgresOptionsValidator : IValidateOptions<JournalOptions>
{
    public ValidateOptionsResult Validate(string? name, JournalOptions options)
    {
        if (options.Postgres.Length == 0)
            return options.PostgresPasswordFile.Length == 0
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail("Journal:PostgresPasswordFile is set, and Journal:Postgres does not say for which database.");
        try
        {
            var faults = Faults(new NpgsqlConnectionStringBuilder(options.Postgres)).ToArray();
            return faults.Length > 0 ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return ValidateOptionsResult.Fail($"Journal:Postgres is not a connection string such as 'Host=db.example;Database=remediator;Username=remediator': {e.Message}");
        }
    }

    private static IEnumerable<string> Faults(NpgsqlConnectionStringBuilder settings)
    {
        if (string.IsNullOrEmpty(settings.Host) || string.IsNullOrEmpty(settings.Database) || string.IsNullOrEmpty(settings.Username))
            yield return "Journal:Postgres must name Host, Database and Username.";
        if (!string.IsNullOrEmpty(settings.Password))
            yield return "Journal:Postgres must not hold the password: settings are shown and copied. Put it into a file, and name that by Journal:PostgresPasswordFile.";
    }
}

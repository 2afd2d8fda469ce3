using System.Text.RegularExpressions;

namespace Remediator.Core.Resources;

/// <summary>What changes the schema or the data of a database, by the names that people give it and those of the tools for it.</summary>
public static class Migrations
{
    private static readonly Regex Names = new(
        "(^|[^a-z])(db|data|database|schema|sql|auto|run|pre|post)?migrat|flyway|liquibase|alembic|dbmate|sqitch|efbundle"
            + "|(^|[^a-z])goose([^a-z]|$)|(^|[^a-z])(db|database|schema)[^a-z]+(upgrade|update|setup|prepare|push|load|schema)([^a-z]|$)",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <param name="text">The name of a job or container, an image, or a command.</param>
    public static bool IsNamedLikeOne(string text) => Names.IsMatch(text);
}

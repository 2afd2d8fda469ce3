using System.CommandLine;
using Remediator.Core.Language;
using Remediator.Journal.Audit;
using Remediator.Server.CommandLine;

namespace Remediator.Server.Verbs;

internal static class AuditExportVerb
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static Verb Create(Func<ParseResult, JournalAudit> open)
    {
        var file = new Argument<string?>("FILE") { Arity = ArgumentArity.ZeroOrOne, Description = "A new file. Default: stdout." };
        var command =
            new Command("export", "Write the whole journal as JSON lines, with all that 'audit verify' needs except the public key.")
            { file };
        command.SetAction((parsed, cancellationToken) =>
            Task.Run(() => Export(open(parsed), parsed.GetValue(file), cancellationToken), cancellationToken));
        return new(command, "remediator audit export journal.jsonl", "remediator audit export | gzip > journal.jsonl.gz");
    }

    private static void Export(JournalAudit audit, string? file, CancellationToken cancellationToken)
    {
        using var output = Open(file);
        using var progress = new StderrProgress("exported entries");
        var entries = audit.Export(output, progress, cancellationToken);
        if (file is not null)
            Console.Error.WriteLine($"{Plural.Of(entries, "entry", "entries")} in {file}");
    }

    private static Stream Open(string? file)
    {
        try
        {
            return file is null
                ? new BufferedStream(Console.OpenStandardOutput(), 64 * 1024)
                : new FileStream(
                    file,
                    new FileStreamOptions {
                        Mode = FileMode.CreateNew,
                        Access = FileAccess.Write,
                        UnixCreateMode = OwnerOnly,
                        BufferSize = 64 * 1024 });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VerbException($"The file cannot be made: {e.Message}");
        }
    }
}

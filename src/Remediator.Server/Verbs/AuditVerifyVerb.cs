using System.CommandLine;
using Remediator.Core.Language;
using Remediator.Journal.Audit;
using Remediator.Server.CommandLine;

namespace Remediator.Server.Verbs;

internal static class AuditVerifyVerb
{
    public static Verb Create(CommonOptions common, Func<ParseResult, JournalAudit> open)
    {
        var export = new Argument<string?>("EXPORT")
            {
                Arity = ArgumentArity.ZeroOrOne,
                Description = "A file that 'audit export' wrote, or - for stdin. Default: the store itself." };
        var key = new Option<string?>("--key") {
            HelpName = "FILE",
            Description = "The public key, from a copy that you keep elsewhere. Default: the one beside the store, which proves less." };
        var known = new Option<string[]>("--known")
            {
                HelpName = "HASH",
                Description = "A checkpoint's hash from a log or an earlier export, which must be in the journal; can be repeated." };
        var command = new Command(
            "verify",
            "Check that no entry was changed, dropped, moved or inserted, and name the place otherwise. Exit code 1 if something is wrong.")
            { export, key, known, common.Output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var pem = parsed.GetValue(key) is { } file ? await ReadKeyAsync(file, cancellationToken) : open(parsed).PublicKeyPem();
            var hashes = parsed.GetValue(known) ?? [];
            VerifyReport report;
            using (var progress = new StderrProgress("checked entries"))
            {
                report = parsed.GetValue(export) is { } path
                    ? await VerifyExportAsync(path, pem, hashes, progress, cancellationToken)
                    : open(parsed).Verify(pem, hashes, progress, cancellationToken);
            }

            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(common.Output) is OutputFormat.Json)
                output.WriteJson(report);
            else
                Write(output, report, TimeProvider.System.GetUtcNow(), ownKey: parsed.GetValue(key) is null);
            return report.Ok ? ExitCodes.Ok : ExitCodes.Findings;
        });
        return new(
            command,
            "remediator audit verify",
            "remediator audit verify journal.jsonl --key checkpoint-key.pub.pem",
            "remediator audit verify --known 3f6c... --output json");
    }

    private static async Task<string> ReadKeyAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(file, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VerbException($"The key cannot be read: {e.Message}");
        }
    }

    private static async Task<VerifyReport> VerifyExportAsync(
        string path, string pem, IEnumerable<string> known, IProgress<long> progress, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
            return await ExportVerifier.VerifyAsync(stream, pem, known, progress, cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new VerbException($"The export cannot be read: {e.Message}");
        }
    }

    internal static void Write(TextWriter output, VerifyReport report, DateTimeOffset now, bool ownKey)
    {
        foreach (var fault in report.Faults)
            output.WriteLine($"{Place(fault)}: {fault.Message}");
        if (report.FaultCount > report.Faults.Count)
            output.WriteLine($"... and {report.FaultCount - report.Faults.Count} more");
        output.WriteLine(
            $"{(report.Ok ? "ok" : "NOT OK")}: {Plural.Of(report.Entries, "entry", "entries")} of "
                + $"{Plural.Of(report.Resources, "resource")}, "
                + $"{Plural.Of(report.Checkpoints, "signed checkpoint")}");
        if (report.ArchivedEntries > 0)
            output.WriteLine(
                $"{report.ArchivedEntries} of them {Plural.Are(report.ArchivedEntries)} in archive files, which a signed stub "
                    + "represents; verify those files with this command too.");
        output.WriteLine(Tail(report, now));
        if (ownKey)
            output.WriteLine(
                "Verified with the key beside the store, which anyone who can write the store could have replaced. Keep a "
                    + "copy elsewhere and pass it with --key.");
    }

    private static string Tail(VerifyReport report, DateTimeOffset now) => report switch
    {
        { UnanchoredEntries: 0 } => "All entries are covered by a signed checkpoint.",
        { UnanchoredSince: { } since } =>
            $"{Newest(report)}, {(now - since).TotalMinutes:0} min back, {Plural.Are(report.UnanchoredEntries)} not covered by a "
                + $"signed checkpoint yet: the chain is intact, but could have been rewritten.",
        _ => $"{Newest(report)} {Plural.Are(report.UnanchoredEntries)} not covered by a signed checkpoint yet.",
    };

    private static string Newest(VerifyReport report) =>
        report.UnanchoredEntries == 1 ? "The newest entry" : $"The newest {report.UnanchoredEntries} entries";

    private static string Place(VerifyFault fault) => string.Join(", ", new[]
    {
        fault.Line is { } line ? $"line {line}" : null,
        fault.Checkpoint is { } checkpoint ? $"checkpoint {checkpoint}" : null,
        fault.Sequence is { } sequence ? $"sequence {sequence}" : null,
        fault.Resource is { } resource ? $"{resource}{(fault.Version is { } version ? $" version {version}" : "")}" : null,
        fault.IncidentId is { } incident ? $"incident {incident}" : null,
    }.OfType<string>().DefaultIfEmpty("journal"));
}

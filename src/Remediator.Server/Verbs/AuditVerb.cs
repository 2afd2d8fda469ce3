using System.CommandLine;
using Remediator.Journal.Audit;

namespace Remediator.Server.Verbs;

/// <summary>Reads the journal by itself, with or without a running server.</summary>
internal static class AuditVerb
{
    public static IEnumerable<Verb> Create(CommonOptions common)
    {
        JournalAudit Open(ParseResult parsed)
        {
            var settings = common.Settings(parsed);
            return new(
                settings["DataFolder"]!, settings["Journal:Postgres"] ?? "", settings["Journal:PostgresPasswordFile"] ?? "",
                settings["Journal:PostgresCaFile"] ?? "");
        }

        Verb[] verbs = [
            AuditListVerb.Create(common, Open), AuditShowVerb.Create(common, Open), AuditVerifyVerb.Create(common, Open),
            AuditExportVerb.Create(Open)];
        var audit = new Command(
            "audit", "Read the journal: what happened and why; and verify that it was not changed. Opens the store itself, read-only.");
        foreach (var verb in verbs)
            audit.Subcommands.Add(verb.Command);
        return
        [
            new(
                audit, "remediator audit list --since 24h", "remediator audit show 01k8", "remediator audit verify",
                "remediator audit export journal.jsonl"),
            .. verbs,
        ];
    }
}

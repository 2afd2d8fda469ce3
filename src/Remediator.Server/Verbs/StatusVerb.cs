using System.CommandLine;
using Remediator.Core.Facts;
using Remediator.Core.Language;
using Remediator.Server.Api;
using Remediator.Server.Audit;
using Remediator.Server.Health;

namespace Remediator.Server.Verbs;

internal static class StatusVerb
{
    public static Verb Create(CommonOptions common)
    {
        var server = new ServerClient.Options(common);
        var command = new Command(
            "status",
            "Show the state of the running server: its view of the cluster, its definitions, open incidents and what they wait for.");
        server.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = server.Connect(parsed);
            var report = await client.GetAsync<StatusReport>("/api/v1/status", cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(common.Output) is OutputFormat.Json)
                output.WriteJson(report);
            else
                Write(output, report, TimeProvider.System.GetUtcNow());
        });
        return new(command, "remediator status", "remediator status --output json | jq .cluster");
    }

    internal static void Write(TextWriter output, StatusReport report, DateTimeOffset now)
    {
        foreach (var (name, value) in Lines(report, now))
            output.WriteLine($"{name,-13}{PlainText.Of(value.ReplaceLineEndings(" "))}");
        output.WriteLine();
        IncidentTable.Write(output, report.OpenIncidents);
    }

    private static IEnumerable<(string Name, string Value)> Lines(StatusReport report, DateTimeOffset now)
    {
        yield return ("remediator", $"{report.Version}, up {Age(report.Uptime)}");
        yield return ("mode", report.Mode);
        if (report.Paused is { } why)
            yield return ("paused", why);
        foreach (var (playbook, lowered) in report.Lowered)
            yield return ("lowered", $"{playbook} to {lowered}");
        if (report.VerifiedRuns.Count > 0)
            yield return ("pages", $"verified runs in a row: {string.Join(", ", report.VerifiedRuns.Select(r => $"{r.Key} {r.Value}"))}");
        foreach (var pause in report.Pauses)
            yield return ("paused", pause.ToString());
        foreach (var stuck in report.Stuck.Values)
            yield return ("stuck", stuck);
        yield return ("cluster", Cluster(report.Cluster, now));
        if (report.OtherClusters is { } others)
            yield return ("", others);
        foreach (var provider in report.Providers)
            yield return ("facts", Provider(provider, now));
        foreach (var group in report.Alertmanagers)
        {
            yield return ("alerts", Alertmanagers(group, now));
            if (group.Holds)
                yield return ("", AlertDoubts.Held);
            if (group.Routes is { } missed)
                yield return ("", missed);
            foreach (var unreadable in group.Unreadable)
                yield return ("", $"unreadable pattern, taken to match: {unreadable}");
            foreach (var lost in group.Lost)
                yield return ("", $"not listed any more although nobody has ended it, still in force here: {lost}");
        }

        yield return (
            "definitions",
            $"{Plural.Of(report.Definitions.Rules, "rule")}, {Plural.Of(report.Definitions.Playbooks, "playbook")}, revision "
                + $"{report.Definitions.Revision}, in force since {Age(now - report.Definitions.LoadedAt)}");
        foreach (var fault in report.Definitions.Faults)
            yield return ("", $"not in force: {fault}");
        yield return (
            "store",
            report.Store.Problem.Length > 0 ? report.Store.Problem
                : $"writable, {Plural.Of(report.Store.InboxWaiting, "alert waits", "alerts wait")}");
        if (report.Store.DeadLetters > 0)
            yield return (
                "",
                $"{Plural.Of(report.Store.DeadLetters, "delivery or alert", "deliveries and alerts")} could not be handled: "
                    + "remediator audit list --dead-letters");
        yield return (
            "in flight", report.Permits.Count == 0 ? "nothing" : string.Join(", ", report.Permits.Select(p => p.IncidentId).Distinct()));
    }

    private static string Alertmanagers(AlertmanagersStatus group, DateTimeOffset now) => (group.ReadAt, group.Problem.Length == 0) switch
    {
        (null, true) => $"{group.Source}, being read",
        (null, false) => $"{group.Source} has never been read: {group.Problem}",
        ({ } at, true) => $"{group.Source}, {Plural.Of(group.Silences, "silence")}, read {Age(now - at)} ago",
        ({ } at, false) => $"{group.Source} does not answer, {Plural.Of(group.Silences, "silence")} "
            + $"{Plural.Are(group.Silences)} {Age(now - at)} old: {group.Problem}",
    };

    private static string Cluster(ClusterStatus cluster, DateTimeOffset now) => cluster.State switch
    {
        ViewState.NotConfigured => $"none: {cluster.Problem}",
        ViewState.Loading => $"{cluster.Name}, first lists are being read{Problem(cluster)}",
        _ => $"{cluster.Name}, seen {Age(now - cluster.FreshAt!.Value)} ago{Problem(cluster)}",
    };

    private static string Provider(ProviderStatus provider, DateTimeOffset now)
    {
        var problem = provider.Problem.Length == 0 ? "" : $"; {provider.Problem}";
        return provider.FreshAt is { } at ? $"{provider.Name}, seen {Age(now - at)} ago{problem}" : $"{provider.Name} has no view{problem}";
    }

    private static string Problem(ClusterStatus cluster) => cluster.Problem.Length == 0 ? "" : $"; {cluster.Problem}";

    private static string Age(TimeSpan age) => Duration.Format(TimeSpan.FromSeconds(Math.Max(0, Math.Round(age.TotalSeconds))));
}

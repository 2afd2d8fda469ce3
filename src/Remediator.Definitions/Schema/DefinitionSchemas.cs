using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Core.Resources;
using Remediator.Definitions.Reading;

namespace Remediator.Definitions.Schema;

/// <summary>JSON schemas of the files, so that editors complete keys and actions. The loader checks more than they can say.</summary>
public static class DefinitionSchemas
{
    private static readonly JsonSerializerOptions Indented = new()
        { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private const string DurationPattern = "^([0-9]+(d|h|m|s|ms))+$";

    /// <summary>Of files of rules, the shape of <c>rules/schema.json</c>.</summary>
    public static string Rules() => Write("Rules", Map(
        [],
        ("alerts", List(Map(
            ["group", "any"],
            ("group", Text("Its name; rules of all files use it with a dollar sign: $trouble-of-workloads.")),
            ("any", Texts("The names of its alerts.")),
            ("where", Text("Matchers that its alerts must meet: {namespace!~\"kube-.*\"}."))))),
        ("selectors", List(Map(
            ["selector", "is"],
            ("selector", Text("Its name; rules of all files use it with a dollar sign: $crashing-containers.")),
            ("is", Text("What it means: container{crashing=\"true\"}."))))),
        ("rules", List(Rule()))));

    private static JsonObject Rule() => Map(
        ["rule", "alert", "then"],
        ("rule", Text("A unique name, which the journal uses.")),
        ("alert", Text("A selector of the alert: KubePodCrashLooping{namespace!~\"kube-.*\"}.")),
        ("when", Texts("Conditions that must all hold.")),
        ("unless", Texts("Conditions of which none may hold.")),
        ("for", Duration("The rule must win for this long before it is followed.")),
        (
            "priority",
            Described(
                new() { ["type"] = "integer", ["minimum"] = -1000, ["maximum"] = 1000 }, "Among rules of one sort, the higher wins.")),
        ("then", Then()));

    /// <summary>Of a playbook, the shape of <c>playbooks/schema.json</c>.</summary>
    public static string Playbook(ActionRegistry actions) => Write("Playbook", Map(
        ["playbook", "resource", "problem", "limits", "ladder", "escalate"],
        ("playbook", Text("A unique name: the problem that it repairs.")),
        ("resource", OneOrMore(OneOf(ResourceKinds.Repairable))),
        ("problem", Texts("Conditions that must all hold before every change; otherwise the resource is healed.")),
        ("mode", OneOf(PlaybookReader.Modes)),
        (
            "limits",
            Map(
                ["attempts", "cooldown"],
                ("attempts", Pattern("Runs for one resource, such as 2 per 24h.", "^[0-9]+ +per +([0-9]+(d|h|m|s|ms))+$")),
                ("cooldown", Duration("The pause after a run.")))),
        ("evidence", List(Use<IReadAction>(actions, ["use"]))),
        (
            "look",
            Described(
                Looks(actions),
                "What is looked at anew before a run begins, before each step, and before it is verified; problem and when "
                    + "use the facts.")),
        (
            "waits",
            Described(
                List(Map(
                    [.. WaitsReader.Words],
                    ("when", Texts("Conditions that must all hold; the last row has none.")),
                    ("act", Wait("Until a step with after: act may be taken.")),
                    ("replace", Wait("Until a step with after: replace may be taken.")))),
                "How long the resource has to be sick before steps are taken; the first row that holds counts.")),
        ("ladder", List(Step(actions))),
        (
            "escalate",
            Map(["message"], ("severity", OneOf(PlaybookReader.Severities)), ("message", Text("What a person is told; Liquid."))))));

    /// <summary>Of the policy, the shape of <c>policy.schema.json</c>.</summary>
    public static string Policy() => Write("Policy", Map(
        [],
        ("limits", List(Map(
            [],
            ("match", Match()),
            ("each", OneOrMore(OneOf(PolicyLabels.Names))),
            (
                "at_once",
                Described(
                    new() { ["anyOf"] = new JsonArray(Whole(), new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9]+%$" }) },
                    "How many changes may be in flight; as a percentage, how much of the set may be unhealthy or have a "
                        + "change in flight.")),
            ("per_hour", Described(Whole(), "How many changes may start within an hour."))))),
        ("protected", Texts("namespace/kind/name with *: what is never changed, in addition to what is always protected.")),
        ("modes", List(Map(["ceiling"], ("match", Match()), ("ceiling", OneOf(PlaybookReader.Modes))))),
        ("approvals", List(Map(
            ["people"],
            ("match", Match()),
            (
                "people",
                Described(
                    new() { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 5 }, "How many different people must approve a step."))))),
        ("pages", List(Map(
            ["hold"],
            ("match", Match()),
            (
                "hold",
                Described(
                    new() { ["type"] = "boolean" },
                    "Whether the page is held while a playbook with a good record repairs: the alert is silenced until the "
                        + "step's deadline.")),
            (
                "verified_runs",
                Described(
                    new() { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = PageReader.MostRuns },
                    "How many of the playbook's last runs in a row must have succeeded.")),
            ("critical", Described(new() { ["type"] = "boolean" }, "Whether pages of alerts with severity=critical are held too.")),
            ("at_most", Duration("The longest time that a page is held."))))),
        ("hosts", List(Host())),
        ("groups", List(Map(
            ["group"],
            ("group", Text("The name of an Auto Scaling group, as AWS has it.")),
            ("replace", Choice("Whether an instance that nothing else repairs may be replaced; never when left out.", "allowed", "never")),
            ("local_data", Choice(
                "Whether what is stored on its machine alone may be lost with it; keep when left out: then it is not replaced.",
                "lost", "keep"))))),
        ("claims", List(Map(
            ClaimsReader.Required,
            ("match", Match()),
            ("to", Text("No claim to a volume that matches becomes larger than that, such as 200Gi; at least 1Gi."))))),
        ("maintenance", List(Map(
            ["cron", "time_zone", "duration", "reason"],
            ("match", Match()),
            ("cron", Text("When it begins: minute, hour, day of the month, month, day of the week.")),
            ("time_zone", Text("UTC, Asia/Shanghai, Europe/Berlin, ...")),
            ("duration", Duration("How long nothing is changed.")),
            ("reason", Text("Shown in the journal and by status."))))),
        ("storm", Map(
            [],
            ("zone_nodes", Threshold("Nodes of one zone that are not ready.")),
            ("cluster_nodes", Threshold("Nodes of the cluster that are not ready.")),
            ("cluster_workloads", Threshold("Workloads of the cluster that crash or have nothing available.")),
            ("namespace_workloads", Threshold("Workloads of one namespace that crash or have nothing available.")),
            ("told_after", Duration("A storm is escalated once it has lasted this long.")),
            ("cooldown", Duration("How long there must be no storm before anything is changed again.")))),
        ("slow_start", Described(
            Map(
                [],
                ("first", Described(Whole(), "Repairs in flight at once before one is proven, per namespace, zone and node group. 1.")),
                ("failures", Described(Whole(), "After so many repairs in a row that did not help, nothing more is tried there. 2.")),
                ("burst_ends_after", Duration("So long after the last proven repair, the next is the first of another burst. 1h.")),
                ("retry_after", Duration("So long after the last failure, one more is tried where repairs were stopped. 6h."))),
            "How carefully a burst of repairs begins: the first alone, twice as many with each that is proven.")),
        (
            "repairs_in_a_row",
            Described(
                Whole(), "How many repairs of a problem in a row may fail to last a day; after these, a person has to allow the next."))));

    /// <summary>An empty choice is none that a schema may have.</summary>
    private static JsonObject Looks(ActionRegistry actions) =>
        actions.All.OfType<ILook>().Any() ? List(Use<ILook>(actions, ["use"])) : new() { ["type"] = "array", ["maxItems"] = 0 };

    private static JsonObject Host() => Map(
        HostsReader.Required,
        ("host", Text("Its name, as alerts and rules call it.")),
        ("address", Text("Where its SSH server is reached: an address or a DNS name; its name when left out.")),
        ("port", Described(new() { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 65535 }, "22 when left out.")),
        ("node", Text("The node of the cluster that it is.")),
        ("zone", Text("Its zone, for limits.")),
        ("user", Text("Who logs in: root, or a user whom sudoers allows what 'remediator permissions --for hosts' prints.")),
        ("key_file", Text("The file with the private key of that user, without a passphrase; an absolute path.")),
        ("host_keys", Texts("The only keys that its SSH server may have, as known_hosts writes them: ssh-ed25519 AAAA...")),
        ("through", Text("The host of this list that is logged in to first.")),
        ("agent", Text("The namespace of the agent of deploy/kubernetes/agent, whose pod on the node is another way to it.")),
        ("instance", Text("Its instance in AWS Systems Manager, another way to it: i-0123456789abcdef0.")),
        ("units", Texts("Units of systemd that may be restarted there, such as nginx.service.")),
        ("keep_journal", Text("The size to which its journal is vacuumed, at least that of its largest file: 200Mi when left out.")),
        ("reboot", Choice("Whether it may be restarted; never when left out.", "allowed", "never")),
        ("logs", Texts("Logs of which files that were put aside may be deleted: paths such as /var/log/app/*.log; 'known' is a list of "
            + "common ones.")),
        ("keep_logs", Duration("Such files stay for so long after they were last written; 7d when left out.")),
        ("temp", Texts("Folders whose old files may be deleted, with those below them: /tmp.")),
        ("keep_temp", Duration("Files there stay for so long after they were last used or changed; 10d when left out.")),
        ("images", Choice(
            "Whether container images that nothing uses may be deleted, of a node; never when left out.", "allowed", "never")),
        ("grow", Described(
            new()
            {
                ["type"] = "array",
                ["items"] = Map(
                    HostsReader.GrowRequired,
                    ("mount", Text("Its mount point, such as /data.")),
                    ("to", Text("Neither it nor its volume becomes larger than that, such as 200Gi; at least 1Gi.")),
                    ("volume", Text("The EBS volume that it is on, where the disk does not say that itself."))),
            },
            "File systems that may be made larger, with the disk that they are on.")));

    private static JsonObject Choice(string what, string yes, string no) =>
        Described(new() { ["type"] = "string", ["enum"] = new JsonArray(yes, no) }, what);

    private static JsonObject Threshold(string what) => Described(
        Map([], ("more_than", new() { ["type"] = "string", ["pattern"] = "^[0-9]+%$" }), ("at_least", Whole())),
        $"{what} It is a storm if more than this share, and at least this many, are affected.");

    private static JsonObject Match() => Described(
        Map([], [.. PolicyLabels.Names.Select(n => (n, new JsonObject { ["type"] = "string" }))]),
        "Which resources: those with all of these labels; * and ? are wildcards. Without it, all.");

    private static JsonObject Whole() => new() { ["type"] = "integer", ["minimum"] = 1 };

    private static JsonObject Then()
    {
        var then = Map(
            [],
            ("run", Text("The playbook to run.")),
            (
                "with",
                Described(
                    new() {
                        ["type"] = "object",
                        ["additionalProperties"] = new JsonObject { ["type"] = Types("string", "number", "boolean") } },
                    "Values that the playbook sees as params; Liquid.")),
            ("suppress", Text("Why nothing is done; Liquid.")),
            ("escalate", Text("What a person is told; Liquid.")),
            ("group", Texts("Labels whose values share one incident.")));
        then["oneOf"] = new JsonArray([.. RuleReader.Outcomes.Select(o => (JsonNode)new JsonObject { ["required"] = new JsonArray(o) })]);
        return then;
    }

    private static JsonObject Step(ActionRegistry actions) => Use<IChangeAction>(
        actions,
        ["step", "use", "verify"],
        ("step", Text("A name that the journal and approvals use.")),
        ("when", Texts("Conditions that must all hold; otherwise the step is skipped.")),
        (
            "after",
            Pattern(
                "How long the resource has to be sick before the step is taken; act and replace are times of the table waits.",
                $"{DurationPattern}|^({string.Join('|', WaitsReader.Words)})$")),
        (
            "verify",
            Use<IVerifyAction>(
                actions, ["use", "within", "stable"], ("within", Duration("The check must pass within this time.")),
                ("stable", Duration("And keep passing for this long.")),
                ("alert_ends", Described(new() { ["type"] = "boolean" }, "Whether its alerts must have ended too.")))),
        ("undo_on_failure", Described(new() { ["type"] = "boolean" }, "Whether the step is undone if it did not help.")),
        ("approval_within", Duration("How long a person may take to approve it.")));

    /// <summary>What names an action has the <c>with</c> of that action.</summary>
    private static JsonObject Use<T>(ActionRegistry actions, string[] required, params (string Key, JsonObject Value)[] more)
    {
        var able = actions.All.OfType<T>().Cast<IAction>().Select(a => a.Descriptor).OrderBy(d => d.Name, StringComparer.Ordinal).ToList();
        var map = Map(required, [.. more, ("use", OneOf([.. able.Select(d => d.Name)])), ("with", new() { ["type"] = "object" })]);
        map["allOf"] = new JsonArray([.. able.Select(d => (JsonNode)new JsonObject
        {
            ["if"] = new JsonObject { ["properties"] = new JsonObject { ["use"] = new JsonObject { ["const"] = d.Name } } },
            ["then"] = new JsonObject { ["properties"] = new JsonObject { ["with"] = InputSchema.Of(d) } },
        })]);
        return map;
    }

    private static JsonObject Map(string[] required, params (string Key, JsonObject Value)[] properties)
    {
        var map = new JsonObject {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(properties.Select(p => KeyValuePair.Create<string, JsonNode?>(p.Key, p.Value))) };
        if (required.Length > 0) map["required"] = new JsonArray([.. required.Select(r => (JsonNode)r)]);
        return map;
    }

    private static JsonObject List(JsonObject items) => new() { ["type"] = "array", ["items"] = items };

    private static JsonObject OneOrMore(JsonObject item) => new() { ["anyOf"] = new JsonArray(item.DeepClone(), List(item)) };

    private static JsonObject Texts(string description) => Described(OneOrMore(new() { ["type"] = "string" }), description);

    private static JsonObject Text(string description) => Described(new() { ["type"] = "string" }, description);

    private static JsonObject Pattern(string description, string pattern) =>
        Described(new() { ["type"] = "string", ["pattern"] = pattern }, description);

    private static JsonObject Duration(string description) => Pattern($"{description} 30s, 5m, 2h30m.", DurationPattern);

    private static JsonObject Wait(string description) => Pattern(description, $"{DurationPattern}|^{WaitsReader.Never}$");

    private static JsonObject OneOf(IEnumerable<string> values) => new() { ["enum"] = new JsonArray([.. values.Select(v => (JsonNode)v)]) };

    private static JsonObject Described(JsonObject schema, string description)
    {
        schema["description"] = description;
        return schema;
    }

    private static JsonArray Types(params string[] types) => new([.. types.Select(t => (JsonNode)t)]);

    private static string Write(string title, JsonObject schema)
    {
        schema.Insert(0, "$schema", "http://json-schema.org/draft-07/schema#");
        schema.Insert(1, "title", title);
        return schema.ToJsonString(Indented) + "\n";
    }
}

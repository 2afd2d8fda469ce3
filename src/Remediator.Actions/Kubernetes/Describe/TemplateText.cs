using System.Text;
using System.Text.Json.Nodes;
using Remediator.Actions.Masking;

namespace Remediator.Actions.Kubernetes.Describe;

/// <summary>
/// A pod template's essentials. What may hold a secret is left out by its place, whatever it looks like: of environments, commands and
/// headers only names are shown.
/// </summary>
internal static class TemplateText
{
    public static void Append(StringBuilder text, JsonObject template)
    {
        foreach (var (title, list) in new[] { ("init container", "initContainers"), ("container", "containers") })
        {
            foreach (var container in Items(template["spec"]?[list]))
                Append(text, title, container);
        }

        foreach (var volume in Items(template["spec"]?["volumes"]))
        {
            if (Source(volume) is { Length: > 0 } source)
                text.Append("volume ").Append(volume["name"]).Append(": ").Append(source).Append('\n');
        }
    }

    private static void Append(StringBuilder text, string title, JsonObject container)
    {
        text.Append(title).Append(' ').Append(container["name"]).Append(": image ").Append(container["image"]).Append('\n');
        foreach (var field in new[] { "command", "args" })
        {
            if (container[field] is JsonArray words)
                text.Append("  ")
                    .Append(field)
                    .Append(": ")
                    .Append(CommandText.Of(words, beginsWithProgram: field == "command"))
                    .Append('\n');
        }

        foreach (var field in new[] { "limits", "requests" })
            text.Append("  ")
                .Append(field)
                .Append(": ")
                .Append(container["resources"]?[field] is JsonObject amounts
                    ? string.Join(", ", amounts.Select(a => $"{a.Key}={a.Value}"))
                    : "none")
                .Append('\n');
        foreach (var field in new[] { "startupProbe", "livenessProbe", "readinessProbe" })
        {
            if (container[field] is JsonObject probe)
                text.Append("  ").Append(field).Append(": ").Append(Probe(probe)).Append('\n');
        }

        var names = Items(container["env"])
            .Select(e => $"{e["name"]}{From(e["valueFrom"])}")
            .Concat(Items(container["envFrom"]).Select(e => $"all{From(e)}"))
            .ToList();
        if (names.Count > 0)
            text.Append("  environment: ").AppendJoin(", ", names).Append('\n');
    }

    private static string Probe(JsonObject probe) => string.Join(", ", probe.Select(p => (p.Key, p.Value) switch
    {
        ("exec", JsonObject exec) => $"exec {(exec["command"] is JsonArray words ? CommandText.Of(words, beginsWithProgram: true) : "")}",
        ("httpGet", JsonObject http) =>
            $"httpGet {http["scheme"]?.ToString() ?? "HTTP"} {http["host"]}:{http["port"]}"
                + $"{http["path"]?.ToString().Split('?')[0]}{Headers(http["httpHeaders"])}",
        ("tcpSocket" or "grpc", JsonObject to) => $"{p.Key} {to["host"]}:{to["port"]}",
        (_, JsonValue) => $"{p.Key}={p.Value}",
        _ => p.Key,
    }));

    private static string Headers(JsonNode? headers) =>
        Items(headers).ToList() is { Count: > 0 } named ? $" with {string.Join(", ", named.Select(h => h["name"]))}" : "";

    private static string From(JsonNode? source)
    {
        foreach (var (field, kind) in new[] {
            ("configMapKeyRef", "configmap"),
            ("secretKeyRef", "secret"),
            ("configMapRef", "configmap"),
            ("secretRef", "secret") })
        {
            if (source?[field] is JsonObject reference)
                return $" of {kind} {reference["name"]}{(reference["key"] is { } key ? $" key {key}" : "")}"
                    + $"{(reference["optional"]?.ToString() == "true" ? " (optional)" : "")}";
        }

        return "";
    }

    private static string Source(JsonObject volume) => volume switch
    {
        _ when volume["configMap"]?["name"] is { } name => $"configmap {name}",
        _ when volume["secret"]?["secretName"] is { } name => $"secret {name}",
        _ when volume["persistentVolumeClaim"]?["claimName"] is { } name => $"claim {name}",
        _ => "",
    };

    private static IEnumerable<JsonObject> Items(JsonNode? list) => (list as JsonArray)?.OfType<JsonObject>() ?? [];
}

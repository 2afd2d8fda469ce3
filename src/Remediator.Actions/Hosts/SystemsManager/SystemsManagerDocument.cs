using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Remediator.Actions.Hosts.Reach;

namespace Remediator.Actions.Hosts.SystemsManager;

/// <summary>
/// The document of Systems Manager that this version runs its scripts by. Its name has the digest of its content, so that several versions
/// can be in one account; it runs no script but those of its version.
/// </summary>
public static class SystemsManagerDocument
{
    private static readonly Lazy<string> Made = new(Make);

    /// <summary>As <c>CreateDocument</c> takes it, of type <c>Command</c>.</summary>
    public static string Content => Made.Value;

    /// <summary>SHA-256 in hexadecimal, as <c>SendCommand</c> compares it.</summary>
    public static string Hash => Digest(Content);

    public static string Name => $"remediator-{Hash[..12]}";

    internal static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Make()
    {
        var scripts = typeof(SystemsManagerDocument).Assembly.GetManifestResourceNames()
            .Where(n => n.EndsWith(".sh", StringComparison.Ordinal) && n is not ("common.sh" or "run.sh"))
            .Order(StringComparer.Ordinal)
            .Select(n => Digest(new HostScript(n).Body));
        var run = Read("run.sh").Replace("DIGESTS", string.Join(" | ", scripts), StringComparison.Ordinal);
        var parameters = new JsonObject();
        foreach (var (name, pattern, what) in new[]
        {
            ("script", "^[A-Za-z0-9+/=]+$", "The script, in base64"),
            ("arguments", "^[A-Za-z0-9+/=_ ]*$", "Its arguments, each in base64 after an underscore"),
            ("seconds", "^[0-9]{1,4}$", "How long it may take"),
            ("until", "^[0-9]{10}$", "Until when it may run, in seconds of Unix time"),
        })
        {
            parameters[name] = new JsonObject
            {
                ["type"] = "String", ["description"] = what, ["allowedPattern"] = pattern, ["interpolationType"] = "ENV_VAR",
            };
        }

        return new JsonObject
        {
            ["schemaVersion"] = "2.2",
            ["description"] = "Runs the scripts of one version of Remediator on a host, and nothing else",
            ["parameters"] = parameters,
            ["mainSteps"] = new JsonArray(new JsonObject
            {
                ["action"] = "aws:runShellScript",
                ["name"] = "run",
                ["precondition"] = new JsonObject { ["StringEquals"] = new JsonArray("platformType", "Linux") },
                ["inputs"] = new JsonObject
                {
                    ["timeoutSeconds"] = "3600",
                    ["runCommand"] = new JsonArray([.. run.TrimEnd('\n').Split('\n').Select(l => (JsonNode)l)]),
                },
            }),
        }.ToJsonString(new JsonSerializerOptions
        {
            WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }).ReplaceLineEndings("\n");
    }

    private static string Read(string file)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(file)!);
        return reader.ReadToEnd();
    }
}

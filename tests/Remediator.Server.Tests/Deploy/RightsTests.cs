using System.Text.RegularExpressions;
using Remediator.Actions;
using Remediator.Core.Actions;
using Remediator.Facts;
using Remediator.Server.Access;
using Remediator.Testing;

namespace Remediator.Server.Tests.Deploy;

/// <summary>What the installation grants in the cluster is what watches and actions declare: nothing missing, nothing extra.</summary>
public sealed partial class RightsTests : IDisposable
{
    private const string RolesFile = "kubernetes/base/clusterroles.yaml";
    private const string TeamFile = "kubernetes/examples/team.yaml";
    private const string AgentFile = "kubernetes/agent/rbac.yaml";
    private static readonly string[] Reading = ["get", "list", "watch"];

    private readonly TemporaryFolder _folder = new();

    private static IEnumerable<KubernetesPermission> Declared =>
        FactsPermissions.All.Concat(ActionCatalogue.Permissions<KubernetesPermission>()).Concat(KubernetesCallers.Permissions);

    [Fact]
    public void EverythingDeclared_IsGranted() =>
        Assert.Empty(Rights(Declared).Except(Granted(DeployFolder.Read(RolesFile)).Select(g => g.Right)));

    [Fact]
    public void NothingElse_IsGranted() =>
        Assert.Empty(Granted(DeployFolder.Read(RolesFile)).Select(g => g.Right).Except(Rights(Declared)));

    [Fact]
    public void RoleThatReads_CannotChange_AndTheOtherReadsNothing() => Assert.All(
        Granted(DeployFolder.Read(RolesFile)),
        granted => Assert.Equal(
            Rights(KubernetesCallers.Permissions).Contains(granted.Right)
                ? "remediator-authenticate"
                : Reading.Contains(granted.Right.Split(' ')[^1])
                ? "remediator-read"
                : "remediator-act",
            granted.Role));

    [Fact]
    public void NoOtherFile_GrantsAnything_AndNoBindingNamesAnotherRole()
    {
        var others = DeployFolder.Manifests().Where(m => m.Name is not (RolesFile or TeamFile or AgentFile)).ToList();
        Assert.DoesNotContain(others, m => RoleObject().IsMatch(m.Text));

        var bound = others.SelectMany(m => RoleReference().Matches(m.Text)).Select(m => m.Groups["name"].Value);
        Assert.Equal(["remediator-act", "remediator-authenticate", "remediator-read"], bound.Order(StringComparer.Ordinal));
    }

    /// <summary>Root on every node, for whoever has it: it is in no ClusterRole, and only for those who install the agent.</summary>
    [Fact]
    public void RightToRunSomethingInAPod_IsForTheNamespaceOfTheAgentAlone()
    {
        var text = DeployFolder.Read(AgentFile);

        Assert.DoesNotContain("ClusterRole", text, StringComparison.Ordinal);
        Assert.Equal(2, text.Split("namespace: remediator-agent\n").Length - 1);
        Assert.Equal(
            ["/pods/exec create", "/pods/exec get"],
            Granted(text).Select(g => g.Right).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(
            DeployFolder.Manifests().Where(m => m.Name != AgentFile), m => m.Text.Contains("pods/exec", StringComparison.Ordinal));
    }

    [Fact]
    public async Task File_IsWhatTheVerbPrints()
    {
        var printed = await RemediatorProgram.RunAsync(["permissions"], _folder.Path, TestContext.Current.CancellationToken);

        Assert.Equal((0, ""), (printed.ExitCode, printed.Error));
        Assert.True(
            printed.Output == DeployFolder.Read(RolesFile),
            $"deploy/{RolesFile} is not what 'remediator permissions' prints; write it anew.");
    }

    [Fact]
    public async Task Verb_PrintsTheSameForScripts()
    {
        var printed =
            await RemediatorProgram.RunAsync(["permissions", "--output", "json"], _folder.Path, TestContext.Current.CancellationToken);

        var permissions = System.Text.Json.JsonSerializer.Deserialize<List<KubernetesPermission>>(
            printed.Output, System.Text.Json.JsonSerializerOptions.Web)!;
        Assert.Equal(Rights(Declared).Order(StringComparer.Ordinal), Rights(permissions).Order(StringComparer.Ordinal));
        Assert.Equal(permissions.Count, permissions.Select(p => (p.ApiGroup, p.Resource)).Distinct().Count());
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>One line for each verb on each resource.</summary>
    private static HashSet<string> Rights(IEnumerable<KubernetesPermission> permissions) =>
        [.. permissions.SelectMany(p => p.Verbs.Select(verb => $"{p.ApiGroup}/{p.Resource} {verb}"))];

    /// <summary>Read without the program's own words about it. Every rule is three lines.</summary>
    private static IEnumerable<(string Role, string Right)> Granted(string yaml)
    {
        var rules = 0;
        foreach (var role in yaml.Split("---\n"))
        {
            foreach (Match rule in Rule().Matches(role))
            {
                rules++;
                foreach (var resource in Words(rule, "resources"))
                    foreach (var verb in Words(rule, "verbs"))
                        yield return (RoleName().Match(role).Groups["name"].Value, $"{rule.Groups["group"].Value}/{resource} {verb}");
            }
        }

        Assert.Equal(Regex.Count(yaml, "apiGroups"), rules);
    }

    private static string[] Words(Match rule, string part) => rule.Groups[part].Value.Split(", ");

    [GeneratedRegex(@"  - apiGroups: \[""(?<group>[^""]*)""\]\n    resources: \[(?<resources>[^\]]+)\]\n    verbs: \[(?<verbs>[^\]]+)\]\n")]
    private static partial Regex Rule();

    [GeneratedRegex(@"^  name: (?<name>\S+)$", RegexOptions.Multiline)]
    private static partial Regex RoleName();

    [GeneratedRegex(@"^kind: (Cluster)?Role$", RegexOptions.Multiline)]
    private static partial Regex RoleObject();

    [GeneratedRegex(
        @"^roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: ClusterRole\n  name: (?<name>\S+)$", RegexOptions.Multiline)]
    private static partial Regex RoleReference();
}

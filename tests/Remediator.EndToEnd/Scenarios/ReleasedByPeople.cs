using Remediator.Core.Events;
using Remediator.EndToEnd.Harness;
using k8s;
using k8s.Models;

namespace Remediator.EndToEnd.Scenarios;

/// <summary>Who may release a step: people with tokens of their own, and whom the cluster's RBAC lets.</summary>
[Trait("Needs", "Cluster")]
public sealed class ReleasedByPeople
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TwoPeople_ReleaseWithTheirOwnTokens_AndOnePersonWithTwoCannot()
    {
        var policy = Path.Combine(Directory.CreateTempSubdirectory("two-people-").FullName, "policy.yaml");
        await File.WriteAllTextAsync(policy, "approvals:\n  - match: { namespace: \"two-people-*\" }\n    people: 2\n", Token);
        await using var scenario = await Scenario.StartAsync(
            "two-people", new() { Settings = new Dictionary<string, string> { ["Definitions:Policy"] = policy } });
        foreach (var (file, name) in new[] { ("ada", "ada"), ("ada-again", "Ada"), ("bob", "bob") })
        {
            var (_, made) = await scenario.Engine.VerbAsync("token", "create", name, "--role", "approver", "--output", "json");
            await File.WriteAllTextAsync(
                scenario.File(file), System.Text.Json.JsonDocument.Parse(made).RootElement.GetProperty("token").GetString(), Token);
        }

        var waiting = await WaitingAsync(scenario);

        Assert.Contains(
            "operator.token does not identify a person", await ApproveAsync(scenario, waiting, null, 1), StringComparison.Ordinal);
        Assert.Contains("Noted, 1 of 2", await ApproveAsync(scenario, waiting, "ada", 0), StringComparison.Ordinal);
        Assert.Contains("Ada has approved it already", await ApproveAsync(scenario, waiting, "ada-again", 1), StringComparison.Ordinal);
        Assert.Empty(scenario.Proxy.Writes);
        Assert.Contains("Approved", await ApproveAsync(scenario, waiting, "bob", 0), StringComparison.Ordinal);

        var story = await scenario.AwaitClosedAsync();
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        var told = await scenario.ShowAsync(story);
        Assert.Contains("ada", told, StringComparison.Ordinal);
        Assert.Contains("bob", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceAccount_ReleasesInTheNamespaceWhereItMay_AndInNoOther()
    {
        await using var other = await Sandbox.CreateAsync("other-team");
        await using var scenario =
            await Scenario.StartAsync("team", new() { Settings = new Dictionary<string, string> { ["Access:Kubernetes"] = "true" } });
        await AllowAsync(scenario.Sandbox, scenario.Sandbox.Namespace, "ours");
        await AllowAsync(other, other.Namespace, "theirs");
        await File.WriteAllTextAsync(scenario.File("ours"), await TokenOfAsync(scenario.Sandbox, "ours", "remediator"), Token);
        await File.WriteAllTextAsync(scenario.File("theirs"), await TokenOfAsync(other, "theirs", "remediator"), Token);
        await File.WriteAllTextAsync(scenario.File("of-the-cluster"), await TokenOfAsync(scenario.Sandbox, "ours", null), Token);
        var waiting = await WaitingAsync(scenario);

        Assert.Contains(
            $"may not approve in namespace {scenario.Sandbox.Namespace}", await ApproveAsync(scenario, waiting, "theirs", 2),
            StringComparison.Ordinal);
        Assert.Contains(
            "for the audience remediator", await ApproveAsync(scenario, waiting, "of-the-cluster", 2), StringComparison.Ordinal);
        Assert.DoesNotContain(scenario.Proxy.Writes, w => !w.Path.EndsWith("reviews", StringComparison.Ordinal));
        Assert.Equal(
            2,
            await CodeAsync(
                scenario, "pause", "--namespace", scenario.Sandbox.Namespace, "--reason", "no", "--token-file", scenario.File("theirs")));
        Assert.Equal(2, await CodeAsync(scenario, "pause", "--reason", "everything", "--token-file", scenario.File("ours")));
        Assert.Equal(2, await CodeAsync(scenario, "status", "--token-file", scenario.File("ours")));
        Assert.Equal(2, await CodeAsync(scenario, "token", "create", "x", "--role", "viewer", "--token-file", scenario.File("ours")));
        Assert.Contains("Approved", await ApproveAsync(scenario, waiting, "ours", 0), StringComparison.Ordinal);

        var story = await scenario.AwaitClosedAsync();
        Assert.Equal(CloseReason.Verified, story.All<IncidentClosed>().Single().Reason);
        Assert.Contains(
            $"kubernetes:system:serviceaccount:{scenario.Sandbox.Namespace}:ours", await scenario.ShowAsync(story),
            StringComparison.Ordinal);
    }

    /// <summary>A rollout that crashes, up to the step that undoes it and waits.</summary>
    private static async Task<Story> WaitingAsync(Scenario scenario)
    {
        var sandbox = scenario.Sandbox;
        await sandbox.CreateAsync(Workloads.Deployment("api", Workloads.Runs, replicas: 2));
        await sandbox.AwaitReadyAsync("api");
        await sandbox.RolloutScriptAsync("api", "exit 2");
        await scenario.Alertmanager.FireAsync(FiredAlerts.PodCrashLooping(await sandbox.AwaitCrashingPodAsync("api")));
        return await scenario.AwaitStoryAsync("a step that waits for a person", s => s.Has<ApprovalRequested>());
    }

    private static async Task<string> ApproveAsync(Scenario scenario, Story story, string? token, int code)
    {
        var (ended, output) = await scenario.Engine.VerbAsync(
            ["approve", story.Incident.Id, .. token is null ? (string[])[] : ["--token-file", scenario.File(token)]]);
        Assert.True(ended == code, $"approve as {token ?? "the token file"} ended with {ended} instead of {code}: {output}");
        return output;
    }

    private static async Task<int> CodeAsync(Scenario scenario, params string[] arguments) =>
        (await scenario.Engine.VerbAsync(arguments)).Code;

    /// <summary>As deploy/kubernetes/examples/team.yaml does.</summary>
    private static async Task AllowAsync(Sandbox sandbox, string space, string name)
    {
        await sandbox.Client.CoreV1.CreateNamespacedServiceAccountAsync(
            new() { Metadata = new() { Name = name } }, space, cancellationToken: Token);
        await sandbox.Client.RbacAuthorizationV1.CreateNamespacedRoleAsync(
            new() {
                Metadata = new() { Name = "team" },
                Rules = [new() { ApiGroups = ["remediator.io"], Resources = ["incidents"], Verbs = ["get", "operate", "approve"] }] },
            space, cancellationToken: Token);
        await sandbox.Client.RbacAuthorizationV1.CreateNamespacedRoleBindingAsync(
            new()
            {
                Metadata = new() { Name = "team" },
                RoleRef = new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "Role", Name = "team" },
                Subjects = [new() { Kind = "ServiceAccount", Name = name, NamespaceProperty = space }],
            }, space, cancellationToken: Token);
    }

    /// <param name="audience">Null for the API server's own.</param>
    private static async Task<string> TokenOfAsync(Sandbox sandbox, string account, string? audience)
    {
        var request = new Authenticationv1TokenRequest { Spec = new() {
            Audiences = audience is null ? ["https://kubernetes.default.svc"] : [audience],
            ExpirationSeconds = 3600 } };
        return (await sandbox.Client.CoreV1.CreateNamespacedServiceAccountTokenAsync(
            request, account, sandbox.Namespace, cancellationToken: Token)).Status.Token;
    }
}

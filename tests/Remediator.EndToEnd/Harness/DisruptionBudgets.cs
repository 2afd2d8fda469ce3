using k8s;
using k8s.Models;

namespace Remediator.EndToEnd.Harness;

/// <summary>PodDisruptionBudgets in the version that the server has.</summary>
internal static class DisruptionBudgets
{
    /// <param name="name">Null for the name of the app.</param>
    public static async Task BudgetAsync(this Sandbox sandbox, string app, int minAvailable, string? name = null)
    {
        var version = await VersionAsync(sandbox);
        await sandbox.Client.CustomObjects.CreateNamespacedCustomObjectAsync(
            new
            {
                apiVersion = $"policy/{version}",
                kind = "PodDisruptionBudget",
                metadata = new { name = name ?? app },
                spec = new { minAvailable, selector = new { matchLabels = new { app } } },
            },
            "policy", version, sandbox.Namespace, "poddisruptionbudgets", cancellationToken: TestContext.Current.CancellationToken);
    }

    public static async Task RelaxAsync(this Sandbox sandbox, string app, int minAvailable) =>
        await sandbox.Client.CustomObjects.PatchNamespacedCustomObjectAsync(
            new V1Patch(new { spec = new { minAvailable } }, V1Patch.PatchType.MergePatch),
            "policy", await VersionAsync(sandbox), sandbox.Namespace, "poddisruptionbudgets", app,
            cancellationToken: TestContext.Current.CancellationToken);

    private static async Task<string> VersionAsync(Sandbox sandbox) =>
        (await sandbox.Client.Policy.GetAPIGroupAsync(TestContext.Current.CancellationToken)).PreferredVersion.Version;
}

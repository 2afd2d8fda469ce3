using System.CommandLine;
using Remediator.Server.Permissions;

namespace Remediator.Server.Verbs;

internal static class PermissionsVerb
{
    public static Verb Create(CommonOptions common)
    {
        var command = new Command("permissions", "Print the three ClusterRoles it needs: to read, to act, and to authenticate callers who have a token of the cluster.") { common.Output };
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(common.Output) is OutputFormat.Json)
                output.WriteJson(ClusterRoles.Permissions());
            else
                output.Write(ClusterRoles.Yaml());
        });
        return new(command, "remediator permissions > clusterroles.yaml", "remediator permissions --output json | jq -r '.[].resource'");
    }
}

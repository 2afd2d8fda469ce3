using System.CommandLine;
using Remediator.Actions;
using Remediator.Actions.Hosts.Grow;
using Remediator.Actions.Hosts.Images;
using Remediator.Actions.Hosts.Space;
using Remediator.Actions.Hosts.SystemsManager;
using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Definitions.Loading;
using Remediator.Server.CommandLine;
using Remediator.Server.Permissions;

namespace Remediator.Server.Verbs;

internal static class PermissionsVerb
{
    private enum Place { Kubernetes, Aws, Hosts, Helper, Grower, Images, Document }

    public static Verb Create(CommonOptions common)
    {
        var place = new Option<Place>("--for")
        {
            Description = "kubernetes: three ClusterRoles (to read, to act, and to authenticate callers who have a token of "
                + "the cluster); aws: an IAM policy; hosts: lines for sudoers of each "
                + "host of the policy; helper: the program that frees space there, for " + SpaceHelper.Path + "; grower: the one "
                + "that makes file systems larger, for " + GrowHelper.Path + "; images: the one that deletes container images, for "
                + ImagesHelper.Path + "; document: that of AWS Systems Manager, for hosts that "
                + "are reached by it.",
            DefaultValueFactory = _ => Place.Kubernetes,
        };
        var command = new Command("permissions", "Print the permissions that Remediator needs.") { place, common.Output };
        command.SetAction(parsed =>
        {
            var output = parsed.InvocationConfiguration.Output;
            switch (parsed.GetValue(place), parsed.GetValue(common.Output))
            {
                case (Place.Aws, _):
                    output.WriteJson(IamPolicy.Of(ActionCatalogue.Permissions<AwsPermission>()));
                    break;
                case (Place.Helper, _):
                    output.Write(SpaceHelper.Text);
                    break;
                case (Place.Document, _):
                    output.Write(SystemsManagerDocument.Content);
                    break;
                case (Place.Grower, _):
                    output.Write(GrowHelper.Text);
                    break;
                case (Place.Images, _):
                    output.Write(ImagesHelper.Text);
                    break;
                case (Place.Hosts, OutputFormat.Json):
                    output.WriteJson(ActionCatalogue.Permissions<HostPermission>());
                    break;
                case (Place.Hosts, _):
                    output.Write(Sudoers.Of([.. ActionCatalogue.Permissions<HostPermission>()], Hosts(common.Settings(parsed))));
                    break;
                case (_, OutputFormat.Json):
                    output.WriteJson(ClusterRoles.Permissions());
                    break;
                default:
                    output.Write(ClusterRoles.Yaml());
                    break;
            }
        });
        return new(
            command, "remediator permissions > clusterroles.yaml", "remediator permissions --output json | jq -r '.[].resource'",
            "remediator permissions --for aws > policy.json",
            "remediator permissions --for hosts --set Definitions:Policy=policy.yaml",
            "remediator permissions --for helper > remediator-space",
            "remediator permissions --for document > document.json");
    }

    /// <summary>The hosts of the policy that the server would load.</summary>
    /// <exception cref="VerbException">The definitions cannot be used.</exception>
    private static IReadOnlyList<ManagedHost> Hosts(IConfiguration settings)
    {
        var folders = DefinitionFolders.Of([], settings)[0];
        var loaded = DefinitionsLoader.Load(folders.Rules, folders.Playbooks, ActionCatalogue.All(), folders.Policy);
        return loaded.Set?.Policy.Hosts ?? throw new VerbException([.. loaded.Faults.Select(f => f.ToString())]);
    }
}

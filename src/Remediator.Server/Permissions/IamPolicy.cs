using System.Text.Json.Nodes;
using Remediator.Core.Actions;

namespace Remediator.Server.Permissions;

/// <summary>What actions declare to need of AWS, as a policy document of IAM.</summary>
internal static class IamPolicy
{
    /// <summary>One statement for each resource and tag. Without a statement where no action needs AWS.</summary>
    public static JsonObject Of(IEnumerable<AwsPermission> permissions) => new()
    {
        ["Version"] = "2012-10-17",
        ["Statement"] = new JsonArray([.. permissions
            .GroupBy(p => (p.Resource, p.Tag))
            .OrderBy(g => g.Key.Resource, StringComparer.Ordinal).ThenBy(g => g.Key.Tag, StringComparer.Ordinal)
            .Select(g => Statement(g.Key.Resource, g.Key.Tag, g.Select(p => p.Action)))]),
    };

    private static JsonObject Statement(string resource, string? tag, IEnumerable<string> actions)
    {
        var statement = new JsonObject
        {
            ["Effect"] = "Allow",
            ["Action"] = new JsonArray([.. actions.Distinct().Order(StringComparer.Ordinal).Select(a => (JsonNode)a)]),
            ["Resource"] = resource,
        };
        if (tag?.Split('=', 2) is [var key, var value])
            statement["Condition"] = new JsonObject { ["StringEquals"] = new JsonObject { [$"aws:ResourceTag/{key}"] = value } };
        return statement;
    }
}

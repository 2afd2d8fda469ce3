using System.Text.RegularExpressions;
using Remediator.Core.Policies;
using Remediator.Definitions.Yaml;

namespace Remediator.Definitions.Reading;

/// <summary>Reads the Auto Scaling groups that a policy lists.</summary>
internal sealed partial class GroupsReader(FaultList faults)
{
    internal static readonly string[] Keys = ["group", "replace", "local_data"];

    public IReadOnlyList<ManagedGroup> Read(MapReader policy)
    {
        var groups = new List<ManagedGroup>();
        foreach (var item in policy.Items("groups").Select(i => MapReader.Of(i, faults, "an item of 'groups'", Keys)).OfType<MapReader>())
        {
            if (item.RequireScalar("group") is not { } name)
                continue;
            if (!Name().IsMatch(name.Value))
                faults.At(name, $"'{name.Value}' cannot be used; expected the name of an Auto Scaling group");
            else if (groups.Exists(g => g.Name == name.Value))
                faults.At(name, $"there is a group '{name.Value}' already");
            else
                groups.Add(new()
                {
                    Name = name.Value,
                    MayReplace = Is(item, "replace", yes: "allowed", no: "never"),
                    LosesLocalData = Is(item, "local_data", yes: "lost", no: "keep"),
                });
        }

        return groups;
    }

    private bool Is(MapReader item, string key, string yes, string no)
    {
        if (item.Scalar(key) is not { } text || text.Value == no) return false;
        if (text.Value == yes) return true;
        faults.At(text, $"'{key}' is '{text.Value}'; expected {yes} or {no}");
        return false;
    }

    /// <summary>1 to 255 printable characters without a colon (Auto Scaling API, CreateAutoScalingGroup).</summary>
    [GeneratedRegex("^[^:\\p{C}]{1,255}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}

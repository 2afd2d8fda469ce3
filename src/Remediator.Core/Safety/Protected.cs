using System.IO.Enumeration;
using Remediator.Core.Resources;
using Remediator.Core.Worlds;

namespace Remediator.Core.Safety;

/// <summary>What is never changed: the engine, what it depends on, what monitors it, and what the user names.</summary>
internal static class Protected
{
    public static Guard Guard { get; } = new("protected", GuardStage.Sight, Check);

    public static Verdict Check(GuardedStep step)
    {
        var path = Path(step.World.Resource);
        var pattern = step.World.Settings.Protected.Concat(step.World.Definitions.Policy.Protected)
            .FirstOrDefault(p => FileSystemName.MatchesSimpleExpression(p, path, ignoreCase: true));
        return pattern is null
            ? Verdict.Allowed
            : Verdict.NeedsPerson($"{step.World.Resource.Display} is protected by '{pattern}' and is never changed");
    }

    private static string Path(ResourceKey resource) => $"{resource.Namespace}/{resource.Kind}/{resource.Name}";
}

using Microsoft.Extensions.Options;
using Remediator.Core.Language;
using Remediator.Core.Playbooks;
using Remediator.Core.Resources;

namespace Remediator.Server.Settings;

internal sealed class EngineOptionsValidator(ClusterName cluster) : IValidateOptions<EngineOptions>
{
    public ValidateOptionsResult Validate(string? name, EngineOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private IEnumerable<string> Faults(EngineOptions options)
    {
        if (ShortText.LengthOf(cluster.Name) > ResourceKey.LongestPlace)
            yield return $"The name of the cluster, '{Excerpt.Of(cluster.Name, 64)}', has "
                + $"{ShortText.LengthOf(cluster.Name)} bytes when it is percent-escaped; set Cluster:Name to one of at most "
                + $"{ResourceKey.LongestPlace}.";
        if (!Word.TryParse<Mode>(options.Mode, out _))
            yield return $"Engine:Mode is '{options.Mode}'; set observe, approve or auto (or off).";
        if (RuleEngines.Find(options.Rules) is null)
            yield return RuleEngines.Unknown(options.Rules);
        if (options.DurationScale is not (> 0 and <= 1))
            yield return $"Engine:DurationScale is {options.DurationScale}; set it above 0 and up to 1, and leave it at 1 except in tests.";
        if (options.MaxViewAge < TimeSpan.FromSeconds(5) || options.MaxViewAge > TimeSpan.FromMinutes(10))
            yield return $"Engine:MaxViewAge is {options.MaxViewAge}; set it between 00:00:05 and 00:10:00.";
        if (options.TakeoverMargin < TimeSpan.FromSeconds(1) || options.TakeoverMargin > TimeSpan.FromMinutes(10))
            yield return $"Engine:TakeoverMargin is {options.TakeoverMargin}; set it between 00:00:01 and 00:10:00.";
        if (options.ShutdownGrace < TimeSpan.Zero || options.ShutdownGrace > TimeSpan.FromMinutes(10))
            yield return $"Engine:ShutdownGrace is {options.ShutdownGrace}; set it between 00:00:00 and 00:10:00.";
        if (options.AtOncePerCluster < 1 || options.AtOncePerNamespace < 1)
            yield return $"Engine:AtOncePerCluster is {options.AtOncePerCluster} and Engine:AtOncePerNamespace is "
                + $"{options.AtOncePerNamespace}; both must be 1 or more (to change nothing at all, set Engine:Mode to "
                + $"observe).";
        foreach (var pattern in options.Protected.Where(p => p.Split('/').Length != 3))
            yield return $"Engine:Protected: '{pattern}' is not namespace/kind/name; write for example shop/deployment/db or data/*/*.";
    }
}

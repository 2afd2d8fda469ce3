namespace Remediator.Server.CommandLine;

/// <summary>What a script may rely on.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;

    /// <summary>The verb did its work and found something wrong: a fault in a rule, a failed test, a broken chain.</summary>
    public const int Findings = 1;

    /// <summary>The verb could not do its work: usage, settings, no server, no store.</summary>
    public const int Cannot = 2;

    /// <summary>Of <c>serve</c>: the other replicas had declared this one dead. It may be started again at once.</summary>
    public const int Fenced = 3;
}

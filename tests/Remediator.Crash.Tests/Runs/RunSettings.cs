namespace Remediator.Crash.Tests.Runs;

/// <param name="Program">Another build of the program; null for the one of this build.</param>
/// <param name="Talk">All log lines of the server, not only its warnings.</param>
internal sealed record RunSettings(string? Program, bool Talk)
{
    /// <summary>
    /// A process that lives for seconds does not live to see better code, so none is made for it (a number in hexadecimal: 16 s).
    /// </summary>
    public IReadOnlyDictionary<string, string> Environment { get; } =
        new Dictionary<string, string> { ["DOTNET_TC_CallCountingDelayMs"] = "4000" };
}

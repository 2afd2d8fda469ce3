namespace Remediator.Server.Settings;

/// <summary>Settings of the program itself; they stand at the top level.</summary>
internal sealed class ServerOptions
{
    /// <summary>Not among the ports that Prometheus, its exporters or Grafana's programs use.</summary>
    public const int DefaultPort = 8642;

    /// <summary>URLs to listen on, separated by <c>;</c>. Port 0 takes a free one.</summary>
    public string Listen { get; set; } = $"http://127.0.0.1:{DefaultPort}";

    /// <summary>Keeps the journal, its key and the tokens; one engine per folder.</summary>
    public string DataFolder { get; set; } = "";

    /// <summary>Makes whoever presents it an admin; empty: one in the data folder, made at the first start.</summary>
    public string OperatorTokenFile { get; set; } = "";

    /// <summary>The token that the verbs present; empty: the operator's.</summary>
    public string TokenFile { get; set; } = "";

    /// <summary>Nothing is changed while this file is there; empty: <c>paused</c> in the data folder.</summary>
    public string PauseFile { get; set; } = "";

    /// <summary>
    /// Where people reach this server: silences of its own link to their incident with it. Empty: they name the incident alone.
    /// </summary>
    public string ExternalUrl { get; set; } = "";

    /// <summary>Least level of log lines.</summary>
    public string LogLevel { get; set; } = "Information";
}

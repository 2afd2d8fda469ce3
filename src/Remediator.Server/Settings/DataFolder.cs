namespace Remediator.Server.Settings;

/// <summary>The engine's own folder with what is made at the first start.</summary>
internal sealed class DataFolder(string path, (string? OperatorToken, string? PauseFile) named = default)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public const string OperatorTokenName = "operator.token";
    public const string AddressName = "server.address";
    public const string PauseFileName = "paused";

    public string Path => path;

    public string WebhookToken => System.IO.Path.Combine(path, "webhook.token");

    /// <summary>Lets people read and approve; it is never part of Alertmanager's configuration.</summary>
    public string OperatorToken => named.OperatorToken ?? System.IO.Path.Combine(path, OperatorTokenName);

    /// <summary>Where the running server listens, for the verbs.</summary>
    public string Address => System.IO.Path.Combine(path, AddressName);

    /// <summary>Where the silo listened last; a start takes the same port again where it is free.</summary>
    public string SiloPort => System.IO.Path.Combine(path, "silo.port");

    /// <summary>While it is there nothing is changed.</summary>
    public string PauseFile => named.PauseFile ?? System.IO.Path.Combine(path, PauseFileName);

    /// <summary>With the files that the user wants elsewhere.</summary>
    public static DataFolder Of(IConfiguration settings) =>
        new(
            settings["DataFolder"]!,
            (Named(settings, nameof(ServerOptions.OperatorTokenFile)), Named(settings, nameof(ServerOptions.PauseFile))));

    /// <summary>Tells the verbs. They read the whole address or none.</summary>
    public void TellAddress(string address)
    {
        File.WriteAllText($"{Address}.new", address);
        File.Move($"{Address}.new", Address, overwrite: true);
    }

    /// <summary>Nobody listens at what was told last: not any more, or not yet.</summary>
    public void ForgetAddress() => File.Delete(Address);

    /// <returns>Why the folder cannot be used; null when it is ready.</returns>
    public string? Prepare(bool withWebhookToken)
    {
        try
        {
            Directory.CreateDirectory(path, OwnerOnly);
            string[] tokens = [.. named.OperatorToken is null ? [OperatorToken] : Array.Empty<string>(),
                .. withWebhookToken ? [WebhookToken] : Array.Empty<string>()];
            foreach (var token in tokens)
                TokenFile.Ensure(token);
            return tokens.Select(t => TokenFile.Fault(t) is { } fault ? $"{t} cannot be used: {fault} Without it a new one is made." : null)
                .FirstOrDefault(fault => fault is not null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"DataFolder '{path}' cannot be used: {e.Message} Give another one with --data, or with "
                + $"{SettingsSources.Prefix}DATAFOLDER.";
        }
    }

    /// <summary>Tokens in the folder that others could read; the rights on what is mounted are given by who mounts it.</summary>
    public IEnumerable<string> Warnings() =>
        new[] { WebhookToken, OperatorToken }.Where(t => System.IO.Path.GetDirectoryName(t) == path && File.Exists(t))
            .Select(TokenFile.RightsFault)
            .OfType<string>();

    private static string? Named(IConfiguration settings, string name) => settings[name] is { Length: > 0 } file ? file : null;
}

namespace Remediator.Server.FirstStart;

/// <summary>The engine's own folder with what is made at the first start.</summary>
internal sealed class DataFolder(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public const string OperatorTokenName = "operator.token";
    public const string AddressName = "server.address";

    public string Path => path;

    public string WebhookToken => System.IO.Path.Combine(path, "webhook.token");

    /// <summary>Lets people read and release; it never stands in Alertmanager's configuration.</summary>
    public string OperatorToken => System.IO.Path.Combine(path, OperatorTokenName);

    /// <summary>Where the running server listens, for the verbs.</summary>
    public string Address => System.IO.Path.Combine(path, AddressName);

    /// <summary>While it is there nothing is changed.</summary>
    public string PauseFile => System.IO.Path.Combine(path, "paused");

    /// <returns>Why the folder cannot be used; null when it is ready.</returns>
    public string? Prepare(bool withWebhookToken)
    {
        try
        {
            Directory.CreateDirectory(path, OwnerOnly);
            TokenFile.Ensure(OperatorToken);
            if (withWebhookToken)
                TokenFile.Ensure(WebhookToken);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"DataFolder '{path}' cannot be used: {e.Message} Give another one with --data, or with {Settings.SettingsSources.Prefix}DATAFOLDER.";
        }
    }

    /// <summary>Tokens that others could read.</summary>
    public IEnumerable<string> Warnings() =>
        new[] { WebhookToken, OperatorToken }.Where(File.Exists).Select(TokenFile.RightsFault).OfType<string>();
}

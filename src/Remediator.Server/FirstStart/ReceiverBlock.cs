using Remediator.Sources.Alertmanager;

namespace Remediator.Server.FirstStart;

/// <summary>The block to paste into Alertmanager's configuration; it names files of secrets, never a secret.</summary>
internal static class ReceiverBlock
{
    public static string For(string address, AlertmanagerSourceOptions options) => $"""
        receivers:
          - name: remediator
            webhook_configs:
              - url: {address.TrimEnd('/')}/api/v1/alerts/alertmanager
                send_resolved: true
                http_config:
        {Credential(options)}
        """;

    private static string Credential(AlertmanagerSourceOptions options) => options.BearerTokenFile is { } token
        ? $"""
                  authorization:
                    credentials_file: {Quote(token)}
        """
        : $"""
                  basic_auth:
                    username: {Quote(options.Username!)}
                    password_file: {Quote(options.PasswordFile!)}
        """;

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}

using Remediator.Core.Alerts;
using Remediator.Sources.Intake;

namespace Remediator.Server.FirstStart;

/// <summary>The block to paste into Alertmanager's configuration; it names files of secrets, never a secret.</summary>
internal static class ReceiverBlock
{
    /// <param name="group">Null where none is configured; then its alerts are of no group.</param>
    public static string For(string address, IntakeOptions options, AlertmanagerGroup? group) => $"""
        receivers:
          - name: {group?.Receiver ?? "remediator"}
            webhook_configs:
              - url: {address.TrimEnd('/')}/api/v1/alerts/alertmanager{(group is null ? "" : $"/{group.Name}")}
                send_resolved: true
                http_config:
        {Credential(options)}
        """;

    private static string Credential(IntakeOptions options) => options.BearerTokenFile is { } token
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

namespace Remediator.Core.Policies;

/// <summary>
/// Logs that grow on common machines and are nobody's data: what <c>known</c> stands for among a host's logs. Those that say who did what
/// (auth.log, secure, audit) are none of them.
/// </summary>
public static class KnownLogs
{
    /// <summary>
    /// rsyslog's as Debian and Red Hat call them, package managers, common servers, and what agents leave: the agents of Systems Manager
    /// (amazon-ssm-agent issues 72 and 94) and CloudWatch, cloud-init.
    /// </summary>
    public static IReadOnlyList<string> Paths { get; } =
    [
        "/var/log/syslog", "/var/log/messages", "/var/log/kern.log", "/var/log/daemon.log", "/var/log/user.log", "/var/log/debug",
        "/var/log/cron", "/var/log/cron.log", "/var/log/maillog", "/var/log/mail.log", "/var/log/dpkg.log", "/var/log/alternatives.log",
        "/var/log/apt/term.log", "/var/log/apt/history.log", "/var/log/yum.log", "/var/log/dnf.log", "/var/log/dnf.rpm.log",
        "/var/log/cloud-init.log", "/var/log/cloud-init-output.log", "/var/log/haproxy.log", "/var/log/nginx/*.log",
        "/var/log/apache2/*.log", "/var/log/httpd/*_log", "/var/log/amazon/ssm/amazon-ssm-agent.log", "/var/log/amazon/ssm/errors.log",
        "/opt/aws/amazon-cloudwatch-agent/logs/*.log",
    ];
}

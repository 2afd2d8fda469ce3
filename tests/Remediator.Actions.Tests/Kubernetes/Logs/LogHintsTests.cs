using Remediator.Actions.Kubernetes.Logs;

namespace Remediator.Actions.Tests.Kubernetes.Logs;

public sealed class LogHintsTests
{
    [Theory]
    [InlineData("dial tcp 10.0.0.7:5432: connect: connection refused", "dependency")]
    [InlineData("Error: getaddrinfo ENOTFOUND db-2", "dependency")]
    [InlineData("cannot reach db-2", "dependency")]
    [InlineData("FATAL: sorry, too many connections", "dependency")]
    [InlineData("open /data/x: no space left on device", "disk")]
    [InlineData("accept4: too many open files", "files")]
    [InlineData("open /etc/tls/key: permission denied", "permission")]
    [InlineData("no such flag: --fast", null)]
    [InlineData("fatal: ledger-7 is corrupt", null)]
    public void LastLines_NameTheTrouble(string line, string? hint) => Assert.Equal(hint, LogHints.Of(["starting", line]));
}

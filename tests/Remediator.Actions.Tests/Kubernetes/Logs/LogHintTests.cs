using Remediator.Actions.Kubernetes.Logs;

namespace Remediator.Actions.Tests.Kubernetes.Logs;

public sealed class LogHintTests
{
    [Theory]
    [InlineData("dial tcp 10.0.0.7:5432: connect: connection refused", "dependency")]
    [InlineData("Error: getaddrinfo ENOTFOUND db-2", "dependency")]
    [InlineData("cannot reach db-2", "dependency")]
    [InlineData("FATAL: sorry, too many connections", "dependency")]
    [InlineData("Can't connect to MySQL server on 'db' (110)", "dependency")]
    [InlineData("Connection to db:5432 refused. Check that the hostname and port are correct", "dependency")]
    [InlineData("java.net.UnknownHostException: db", "dependency")]
    [InlineData("could not translate host name \"db\" to address: Name does not resolve", "dependency")]
    [InlineData("FATAL: password authentication failed for user \"shop\"", "credentials")]
    [InlineData("ERROR 1045 (28000): Access denied for user 'shop'@'10.0.0.7'", "credentials")]
    [InlineData("pymongo.errors.ServerSelectionTimeoutError: mongo:27017", "dependency")]
    [InlineData("SQLSTATE[HY000] [2002] Operation now in progress", "dependency")]
    [InlineData("x509: certificate has expired or is not yet valid", "credentials")]
    [InlineData("redis.exceptions.ConnectionError: Error 111 connecting to redis:6379", "dependency")]
    [InlineData("Connection to node -1 could not be established. Broker may not be available.", "dependency")]
    [InlineData("error communicating with database: pool timed out while waiting", "dependency")]
    [InlineData("{error,econnrefused}", "dependency")]
    [InlineData("listening, connection timeout is 30 s", null)]
    [InlineData("opened the connection to db-2", null)]
    [InlineData("open /data/x: no space left on device", "disk")]
    [InlineData("accept4: too many open files", "files")]
    [InlineData("open /etc/tls/key: permission denied", "permission")]
    [InlineData("nginx: [emerg] unknown directive \"servr_name\" in /etc/nginx/nginx.conf:3", "configuration")]
    [InlineData("FATAL: invalid configuration option max_conn", "configuration")]
    [InlineData("Error: environment variable DB_HOST is not set", "configuration")]
    [InlineData("could not parse the config file /etc/app.yaml", "configuration")]
    [InlineData("nginx: configuration file /etc/nginx/nginx.conf test failed", "configuration")]
    [InlineData("Fatal error, can't open configuration file '/etc/redis.conf'", "configuration")]
    [InlineData("json: cannot unmarshal string into Go struct field Config.port of type int", "configuration")]
    [InlineData("yaml: unmarshal errors:", "configuration")]
    [InlineData("Using configuration file /etc/app.yaml", null)]
    [InlineData("nginx: configuration file /etc/nginx/nginx.conf test is successful", null)]
    [InlineData("unmarshaled 12 records in 3 ms", null)]
    [InlineData("Unmarshal took 3 ms", null)]
    [InlineData("reloaded the configuration", null)]
    [InlineData("listen tcp :80: bind: address already in use", "occupied")]
    [InlineData("opening storage failed: lock DB directory: resource temporarily unavailable", "occupied")]
    [InlineData("liquibase.exception.LockException: Could not acquire change log lock. Currently locked by api-1", "occupied")]
    [InlineData("fork: retry: Resource temporarily unavailable", null)]
    [InlineData("acquired the lock of the scheduler", null)]
    [InlineData("exec /app: exec format error", "platform")]
    [InlineData("Waiting for changelog lock....", "migration")]
    [InlineData("Applying migration 20261127_orders", "migration")]
    [InlineData("Running upgrade 1975ea83b712 -> ae1027a6acf", "migration")]
    [InlineData("No migrations to apply.", null)]
    [InlineData("the schema is up to date; no migration is needed", null)]
    [InlineData("GET https://auth/keys: 503 Service Unavailable", "dependency")]
    [InlineData("\"GET /ready HTTP/1.1\" 503 19", null)]
    [InlineData("license expired", "credentials")]
    [InlineData("no such flag: --fast", null)]
    [InlineData("fatal: ledger-7 is corrupt", null)]
    public void LastLines_NameTheTrouble(string line, string? hint) => Assert.Equal(hint, LogHint.Of(["starting", line])?.Name);

    [Fact]
    public void TheLastLineThatNamesIt_IsShown() =>
        Assert.Equal(
            new LogHint("dependency", "db-2: connection refused"),
            LogHint.Of(["db-1: connection refused", "db-2: connection refused", "at Main()", "permission denied"]));
}

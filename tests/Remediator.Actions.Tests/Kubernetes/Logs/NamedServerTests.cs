using Remediator.Actions.Kubernetes.Logs;

namespace Remediator.Actions.Tests.Kubernetes.Logs;

/// <summary>Which server a line of a log complains of, in the words of many clients.</summary>
public sealed class NamedServerTests
{
    [Theory]
    [InlineData("dial tcp: lookup postgres on 10.96.0.10:53: no such host", "postgres.shop")]
    [InlineData("dial tcp: lookup postgres.pay.svc.cluster.local: no such host", "postgres.pay")]
    [InlineData("lookup db on 10.96.0.10:53: read udp 10.244.1.7:41000->10.96.0.10:53: i/o timeout", "10.96.0.10")]
    [InlineData("dial tcp 10.96.0.12:5432: connect: connection refused", "10.96.0.12")]
    [InlineData("read tcp 10.244.1.7:41000->10.96.0.12:5432: read: connection reset by peer", "10.96.0.12")]
    [InlineData("Get \"http://auth:8080/keys\": dial tcp 10.96.0.9:8080: connect: connection refused", "auth.shop")]
    [InlineData("failed to connect to `host=postgres user=shop database=shop`: dial error", "postgres.shop")]
    [InlineData("failed to connect to `user=a database=b`: 10.96.0.12:5432 (postgres): dial error: connection refused", "postgres.shop")]
    [InlineData("could not translate host name \"db\" to address: Name does not resolve", "db.shop")]
    [InlineData("connection to server at \"db\" (10.96.0.12), port 5432 failed: Connection refused", "db.shop")]
    [InlineData("Is the server running on host \"db\" (10.96.0.12) and accepting TCP/IP connections: Connection refused", "db.shop")]
    [InlineData("Can't connect to MySQL server on 'mysql:3306' (111)", "mysql.shop")]
    [InlineData("Can't connect to MySQL server on 'mysql' (110)", "mysql.shop")]
    [InlineData("Error: getaddrinfo ENOTFOUND orders.eu-west-1.rds.amazonaws.com", "orders.eu-west-1.rds.amazonaws.com")]
    [InlineData("Error: connect ECONNREFUSED 10.96.0.12:5432", "10.96.0.12")]
    [InlineData("java.net.UnknownHostException: kafka.infra.svc", "kafka.infra")]
    [InlineData("Connection to node -1 (kafka/10.96.0.4:9092) could not be established", "kafka.shop")]
    [InlineData("Connection refused: postgres/10.96.0.12:5432", "postgres.shop")]
    [InlineData("Connection to postgres:5432 refused. Check that the hostname and port are correct", "postgres.shop")]
    [InlineData("redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.", "redis.shop")]
    [InlineData("Error connecting to Redis on redis:6379 (Errno::ECONNREFUSED)", "redis.shop")]
    [InlineData("HTTPConnectionPool(host='auth', port=8080): Max retries exceeded: Connection refused", "auth.shop")]
    [InlineData("pymongo.errors.ServerSelectionTimeoutError: mongo:27017: [Errno 111] Connection refused", "mongo.shop")]
    [InlineData("System.Net.Sockets.SocketException (111): Connection refused (postgres:5432)", "postgres.shop")]
    [InlineData("No such host is known. (postgres:5432)", "postgres.shop")]
    [InlineData("curl: (7) Failed to connect to auth port 8080: Connection refused", "auth.shop")]
    [InlineData("curl: (6) Could not resolve host: auth", "auth.shop")]
    [InlineData("connect to postgres://app:***@db:5432: connection refused", "db.shop")]
    [InlineData("connect() failed (111: Connection refused), upstream: \"http://10.96.0.3:8080/x\"", "10.96.0.3")]
    [InlineData("error sending request for url (http://auth:8080/): connection refused", "auth.shop")]
    // within the pod
    [InlineData("dial tcp 127.0.0.1:15001: connect: connection refused", "")]
    [InlineData("Error connecting to localhost:6379. Connection refused.", "")]
    // nobody is named
    [InlineData("ConnectionRefusedError: [Errno 111] Connection refused", "")]
    [InlineData("FATAL: sorry, too many connections", "")]
    [InlineData("main.go:42: connection refused", "")]
    [InlineData("2026-11-27T12:30:45 ERROR host=api-7d4b9 connection timed out", "")]
    [InlineData("at Shop.Db.Open() in /src/Db.cs:line 45: connection refused", "")]
    public void ServerOfALine(string line, string server) => Assert.Equal(server, NamedServer.In(line, "shop"));

    /// <summary>What was said of another server before is over, and lines that say no more than that it failed name none.</summary>
    [Fact]
    public void LastLineThatNamesOne_Counts() =>
        Assert.Equal(
            "db.shop",
            LogHint.ServerIn(
                [
                    "dial tcp: lookup cache: no such host", "dial tcp: lookup db: no such host",
                    "Caused by: ConnectException: Connection refused", "http://docs:80/ explains it",
                ],
                "shop"));
}

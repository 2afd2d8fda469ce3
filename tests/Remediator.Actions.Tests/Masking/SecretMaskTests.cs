using FsCheck.Xunit;
using Remediator.Actions.Masking;

namespace Remediator.Actions.Tests.Masking;

public sealed class SecretMaskTests
{
    // assembled here, so that no scanner of this repository takes them for real ones
    private const string Jwt = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

    public static TheoryData<string, string> Secrets => new()
    {
        { "connecting to postgres://app:hunter2@db:5432/shop", "hunter2" },
        { "amqp://guest:p@ss:w0rd@mq//", "w0rd" },
        { "redis://:s3cr3t@cache:6379/0", "s3cr3t" },
        { "git clone https://oauth-token-1234@git.example.com/x.git", "oauth-token-1234" },
        { "password=hunter2", "hunter2" },
        { "PASSWORD: hunter2 and more", "and more" },
        { "DB_PASSWORD=hunter2 DB_HOST=db", "hunter2" },
        { "export MYSQL_PWD='hun ter2'", "ter2" },
        { "spring.datasource.password = hunter2", "hunter2" },
        { "{\"user\":\"app\",\"password\":\"hun\\\"ter2\",\"x\":1}", "ter2" },
        { "msg=\"login\" body=\"{\\\"password\\\":\\\"hunter2\\\"}\"", "hunter2" },
        { "client_secret: 'abc def'", "def" },
        { "clientSecret => abcdef", "abcdef" },
        { "apiKey=abcdef123", "abcdef123" },
        { "X-Api-Key: abcdef123", "abcdef123" },
        { "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "bPxRfiCY" },
        { "using key AKIA" + "IOSFODNN7EXAMPLE now", "IOSFODNN7EXAMPLE" },
        { "creds ASIA" + "IOSFODNN7EXAMPLE", "IOSFODNN7EXAMPLE" },
        { $"token {Jwt} rejected", "dozjgNryP4J3jVmNHl0w5N" },
        { $"Authorization: Bearer {Jwt}", "eyJzdWIi" },
        { "authorization: Basic YXBwOmh1bnRlcjI=", "YXBwOmh1bnRlcjI" },
        { "{\"Authorization\":\"token abcdef\"}", "abcdef" },
        { "curl -H 'Authorization: ApiKey abc123def' http://x", "abc123def" },
        { "sent bearer abcdefghijkl", "abcdefghijkl" },
        { "Set-Cookie: session=abc123; Path=/", "abc123" },
        { "clone with ghp_" + "0123456789abcdefghijABCDEFGHIJ012345", "0123456789abcdefghij" },
        { "glpat-" + "abcdefghij0123456789", "abcdefghij0123456789" },
        { "slack xoxb-" + "123456789012-abcdefghijkl", "123456789012" },
        { "https://hooks.slack.com/services/" + "T000/B000/XXXXXXXX", "XXXXXXXX" },
        { "stripe sk_live_" + "abcdefghij0123456789", "abcdefghij0123456789" },
        { "openai sk-" + "abcdefghij0123456789ABCD", "abcdefghij0123456789" },
        { "AIza" + "SyA0123456789abcdefghijklmnopqrstuv", "SyA0123456789" },
        { "vault hvs." + "CAESIabcdefghijklmnopqrstuvwx", "CAESIabcdefghijklmnop" },
        { "-----BEGIN RSA PRIVATE KEY-----\nMIIEabcdef\nghijkl\n-----END RSA PRIVATE KEY-----", "MIIEabcdef" },
        { "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk", "b3BlbnNzaC1rZXk" },
        { "MIIEowIBAAKCAQEAabcdefghij\nklmnopqrstuvwxyz0123456789==\n-----END RSA PRIVATE KEY-----", "klmnopqrstuvwxyz" },
        { "{\"key\":\"-----BEGIN PRIVATE KEY-----\\nMIIEabcdef\\n-----END PRIVATE KEY-----\\n\"}", "MIIEabcdef" },
        { ".dockerconfigjson: eyJhdXRocyI6e319", "eyJhdXRocyI6e319" },
        { "{\"auths\":{\"r\":{\"username\":\"u\",\"password\":\"p4ss\",\"auth\":\"dTpwNHNz\"}}}", "dTpwNHNz" },
        { "Server=db;User Id=app;Password=hunter2;Encrypt=true", "hunter2" },
        { "AccountName=a;AccountKey=abc123==;EndpointSuffix=x", "abc123==" },
        { "https://s.blob.core.windows.net/c?sv=1&sig=abc%2Bdef", "abc%2Bdef" },
        { "https://b.s3.amazonaws.com/k?X-Amz-Signature=deadbeef&x=1", "deadbeef" },
        { "mysqldump --password hunter2 shop", "hunter2" },
        { "args: [\"--api-token\", \"abcdef\"]", "abcdef" },
        { "--token=abcdef", "abcdef" },
        { "curl -u app:hunter2 http://x", "hunter2" },
        { "ALTER USER app IDENTIFIED BY 'hunter2'", "hunter2" },
        { "requirepass hunter2", "hunter2" },
        { "the password is 'hunter2'", "hunter2" },
        { "JSESSIONID=0123456789ABCDEF", "0123456789ABCDEF" },
        { "pass: hunter2", "hunter2" },
    };

    [Theory]
    [MemberData(nameof(Secrets))]
    public void ASecret_DoesNotComeThrough(string text, string secret)
    {
        var masked = SecretMask.Apply(text);
        Assert.DoesNotContain(secret, masked, StringComparison.Ordinal);
        Assert.Contains(SecretMask.Mask, masked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("panic: runtime error: index out of range [3] with length 3")]
    [InlineData("Error: secret \"api-credentials\" not found")]
    [InlineData("MountVolume.SetUp failed for volume \"cfg\" : configmap \"api\" not found")]
    [InlineData("couldn't find key password in Secret shop/db")]
    [InlineData("Failed to pull image \"registry.example.com:5000/shop/api:1.2.3\": rpc error: code = NotFound desc = manifest unknown")]
    [InlineData("GET http://api:8080/orders?id=7 -> 500 in 12ms")]
    [InlineData("dial tcp 10.96.0.10:5432: connect: connection refused")]
    [InlineData("secretName: api-credentials")]
    [InlineData("tokenExpirationSeconds: 3600")]
    [InlineData("commit 3f786850e387550fdab836ed7e6dc881de23001b by alice")]
    [InlineData("Liveness probe failed: Get \"http://10.0.0.5:8080/healthz\": context deadline exceeded")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIBabc\n-----END CERTIFICATE-----")]
    public void WhatTellsTheCause_IsLeftAsItIs(string text) => Assert.Equal(text, SecretMask.Apply(text));

    [Fact]
    public void OnlyTheSecretIsTaken_NotTheLineAroundIt() =>
        Assert.Equal(
            "connecting to postgres://app:***@db:5432/shop as app, retry=3 password=*** host=db",
            SecretMask.Apply("connecting to postgres://app:hunter2@db:5432/shop as app, retry=3 password=hunter2 host=db"));

    [Theory]
    [MemberData(nameof(Secrets))]
    public void MaskingTwice_IsMaskingOnce(string text, string secret)
    {
        var once = SecretMask.Apply(text);
        Assert.Equal(once, SecretMask.Apply(once));
        Assert.DoesNotContain(secret, once, StringComparison.Ordinal);
    }

    [Property]
    public void Masking_NeverFails(string? text) => Assert.NotNull(SecretMask.Apply(text ?? ""));

    [Fact]
    public void ALineThatWasMadeToHurt_TakesNoTime()
    {
        var hostile = string.Concat(Enumerable.Repeat("password:password=\"--token -----BEGIN PRIVATE KEY eyJ", 2000));
        var started = TimeProvider.System.GetTimestamp();
        SecretMask.Apply(hostile);
        Assert.True(
            TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20),
            "100 KB took longer than 20 s: a pattern no longer runs in linear time.");
    }
}

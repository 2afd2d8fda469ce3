using Remediator.Actions.Kubernetes.Pods;
using Remediator.Core.Facts;

namespace Remediator.Actions.Tests.Kubernetes.Pods;

public sealed class KubeletMessagesTests
{
    [Theory]
    [InlineData("rpc error: code = NotFound desc = failed to pull and unpack image \"r.io/a:9\": failed to resolve reference "
        + "\"r.io/a:9\": r.io/a:9: not found")]
    [InlineData("Failed to pull image \"a:9\": rpc error: code = Unknown desc = Error response from daemon: manifest for a:9 "
        + "not found: manifest unknown: manifest unknown")]
    [InlineData("reading manifest 9 in r.io/a: manifest unknown")]
    [InlineData("Error response from daemon: unknown: artifact library/a:9 not found")]
    [InlineData("unexpected status from HEAD request to https://r.io/v2/a/manifests/9: 404 Not Found")]
    [InlineData("failed to resolve reference \"r.io/a:502\": r.io/a:502: not found")]
    [InlineData("failed to resolve reference \"r.io/a:1.403\": r.io/a:1.403: not found")]
    [InlineData("reading manifest 429 in r.io/a: manifest unknown")]
    [InlineData("Failed to apply default image tag \"A B\": couldn't parse image reference \"A B\": invalid reference format")]
    public void AMissingImage_IsNotFound(string message)
    {
        Assert.True(KubeletMessages.IsImageNotFound(message));
        Assert.False(KubeletMessages.IsPullTransient(message));
    }

    [Theory]
    [InlineData("failed to do request: Head \"https://r.io/v2/a/manifests/1\": dial tcp 10.0.0.1:443: i/o timeout")]
    [InlineData("failed to do request: Head \"https://r.io/v2/a/manifests/1\": dial tcp: lookup r.io: no such host")]
    [InlineData("dial tcp 10.0.0.1:443: connect: connection refused")]
    [InlineData("toomanyrequests: You have reached your pull rate limit")]
    [InlineData("unexpected status code [manifests 1]: 503 Service Unavailable")]
    [InlineData("net/http: TLS handshake timeout")]
    [InlineData("failed to copy: httpReadSeeker: failed open: unexpected EOF")]
    public void ARegistryThatCannotBeReached_IsPassing(string message)
    {
        Assert.True(KubeletMessages.IsPullTransient(message));
        Assert.False(KubeletMessages.IsImageNotFound(message));
    }

    [Theory]
    [InlineData("pull access denied for a, repository does not exist or may require 'docker login': denied")]
    [InlineData("failed to authorize: failed to fetch anonymous token: unexpected status: 401 Unauthorized")]
    [InlineData("pulling from host r.io failed with status code [manifests 1]: 403 Forbidden")]
    [InlineData("Back-off pulling image \"a:9\"")]
    [InlineData("unexpected status from HEAD request to https://m.io/v2/a/manifests/9?ns=r.io: 404 Not Found")]
    [InlineData("unexpected status code https://r.io/v2/a/blobs/sha256:aa: 404 Not Found - Server message: blob unknown to registry")]
    [InlineData("error pulling image configuration: download failed after attempts=1: unknown blob")]
    [InlineData("failed to pull and unpack image \"r/a:2\": failed to prepare extraction snapshot \"x\": parent snapshot sha256:b does not "
        + "exist: not found")]
    [InlineData("failed to pull and unpack image \"r.example/api:2\": no match for platform in manifest: not found")]
    [InlineData("failed to copy: content digest sha256:aaaa: not found")]
    [InlineData("error getting credentials - err: exec: \"docker-credential-ecr-login\": executable file not found in $PATH, out: ``")]
    [InlineData("failed to commit snapshot: rename /var/lib/containerd/x /var/lib/containerd/y: file not found")]
    public void WhatDoesNotProveEither_IsNeither(string message)
    {
        Assert.False(KubeletMessages.IsPullTransient(message));
        Assert.False(KubeletMessages.IsImageNotFound(message));
    }

    [Theory]
    [InlineData("configmap \"api\" not found", "configmap/api")]
    [InlineData("secret \"db\" not found", "secret/db")]
    [InlineData("couldn't find key url in ConfigMap shop/api", "configmap/api:url")]
    [InlineData("couldn't find key password in Secret shop/db", "secret/db:password")]
    [InlineData("MountVolume.SetUp failed for volume \"cfg\" : configmap \"api\" not found", "configmap/api")]
    [InlineData("MountVolume.SetUp failed for volume \"cfg\" : references non-existent config key: a.yaml", "configmap/?:a.yaml")]
    [InlineData("container has runAsNonRoot and image will run as root", "")]
    public void AMissingObject_IsNamed(string message, string expected) => Assert.Equal(expected, MissingObjects.In(message));
}

using k8s.Models;
using Remediator.Actions.Hosts.DeleteImages;

namespace Remediator.Actions.Tests.Hosts.Images;

public sealed class OwnCollectionTests
{
    private static readonly DateTime Now = new(2026, 11, 27, 10, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("FreeDiskSpaceFailed", 14, "kubelet", "FreeDiskSpaceFailed: no room")]
    [InlineData("ImageGCFailed", 0, "kubelet", "ImageGCFailed: no room")]
    [InlineData("ImageGCFailed", 16, "kubelet", null)]
    [InlineData("ImageGCFailed", 1, "somebody", null)]
    [InlineData("NodeHasDiskPressure", 1, "kubelet", null)]
    public void ItFailed_WhereTheKubeletItselfSaidSoLately(string reason, int minutesAgo, string by, string? expected) =>
        Assert.Equal(expected, OwnCollection.Failure([Event(reason, Now.AddMinutes(-minutesAgo), by)], Now, 1));

    [Fact]
    public void TheLastCounts_ByWhenItWasLastSeen()
    {
        var repeated = Event("FreeDiskSpaceFailed", Now.AddHours(-3));
        repeated.Series = new() { Count = 9, LastObservedTime = Now.AddMinutes(-2) };
        Assert.Equal(
            "FreeDiskSpaceFailed: no room", OwnCollection.Failure([repeated, Event("ImageGCFailed", Now.AddMinutes(-4))], Now, 1));
        Assert.Null(OwnCollection.Failure([], Now, 1));
    }

    internal static Corev1Event Event(string reason, DateTime at, string by = "kubelet") => new()
    {
        ApiVersion = "v1", Kind = "Event", Metadata = new() { Name = "e", NamespaceProperty = "default" },
        InvolvedObject = new() { Kind = "Node", Name = "n1" }, Reason = reason, Message = "no room", LastTimestamp = at,
        Source = new() { Component = by },
    };
}

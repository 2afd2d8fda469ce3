using Remediator.Facts.Publishing;
using Remediator.Facts.Watching;

namespace Remediator.Facts.Tests.Publishing;

public sealed class FactViewsTests
{
    /// <summary>A list of what is missing that has nothing in it would help nobody.</summary>
    [Theory]
    [InlineData("", "The first lists are complete, and the first view is being made of them.")]
    [InlineData("pods", "The first lists are not complete: pods.")]
    [InlineData("nodes pods", "The first lists are not complete: nodes, pods.")]
    public void WhatIsNotComplete_IsNeverAnEmptyList(string missing, string says) => Assert.Equal(
        says,
        FactViews.Loading([.. new[] { "nodes", "jobs", "pods" }.Select(k => new WatchStatus(
            k, !missing.Split(' ').Contains(k), DateTimeOffset.UnixEpoch, "", ""))]));
}

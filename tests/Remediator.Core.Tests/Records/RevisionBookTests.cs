using Remediator.Core.Events;
using Remediator.Core.Records;

namespace Remediator.Core.Tests.Records;

public sealed class RevisionBookTests
{
    private const string Api = "test/deployment/shop/api";
    private const string Uid = "u1";

    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Two replicas said so at about the same time, and neither knew of the other.</summary>
    [Theory]
    [InlineData(-1, true)]
    [InlineData(1, true)]
    [InlineData(30, false)]
    public void WhatRanWell_IsStruckOff_UnlessItHasRunWellSinceTheIncident(int minutesAfterTheIncident, bool struck)
    {
        var book = After(RevisionBook.Empty, new RevisionRanWell(Api, Uid, "r1"), Now.AddMinutes(minutesAfterTheIncident));
        Assert.Equal(struck, book.Opened(Api, Uid, "r1", "i1", Now) is RevisionStruckOff);
    }

    [Fact]
    public void WhatWasStruckOffSince_IsNotStruckOffAgain()
    {
        var book = After(RevisionBook.Empty, new RevisionStruckOff(Api, Uid, "r1", "sick"), Now.AddSeconds(1));
        Assert.Null(book.Opened(Api, Uid, "r1", "i1", Now));
        Assert.NotNull(book.Opened(Api, Uid, "r1", "i2", Now.AddSeconds(2)));
    }

    [Fact]
    public void WhereNobodyKnowsWhichWasTheNewest_AllThatAreGoodAreStruckOff()
    {
        var book = RevisionBook.Empty;
        foreach (var revision in new[] { "r1", "r2", "r3" })
        {
            book = After(book, new RevisionRanWell(Api, Uid, revision), Now.AddHours(-1));
        }

        book = After(book, new RevisionStruckOff(Api, Uid, "r2", "sick"), Now.AddMinutes(-30));
        Assert.Equal(
            ["r1", "r3", "r4"],
            book.OpenedOnOne(Api, Uid, "r4", "i1", Now).Cast<RevisionStruckOff>().Select(e => e.Revision));
        Assert.Equal(["r4"], book.OpenedOnOne(Api, "another uid", "r4", "i1", Now).Cast<RevisionStruckOff>().Select(e => e.Revision));
    }

    [Fact]
    public void SameAnswers_OfTwoBooks()
    {
        var (one, other) = (Book("r1"), Book("r1"));
        Assert.True(one.IsSame(other));
        Assert.False(one.IsSame(Book("r2")));
        Assert.False(one.IsSame(RevisionBook.Empty));
        Assert.False(RevisionBook.Empty.IsSame(one));
        Assert.False(one.IsSame(After(other, new RevisionStruckOff(Api, Uid, "r1", "sick"), Now)));
        Assert.False(one.IsSame(After(other, new RevisionRanWell(Api, Uid, "r0"), Now)));
        Assert.False(one.IsSame(After(RevisionBook.Empty, new RevisionRanWell(Api, "another uid", "r1"), Now)));

        static RevisionBook Book(string revision) => After(RevisionBook.Empty, new RevisionRanWell(Api, Uid, revision), Now);
    }

    private static RevisionBook After(RevisionBook book, Event happened, DateTimeOffset at) =>
        book.After(new(happened, null, at, "t", Happened.Engine));
}

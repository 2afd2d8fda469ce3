using Remediator.Actions.Masking;

namespace Remediator.Actions.Tests.Masking;

public sealed class EvidenceTextTests
{
    [Fact]
    public void Tail_KeepsTheLastWholeLines() => Assert.Equal("third\nfourth", EvidenceText.Tail("first\nsecond\nthird\nfourth", 15));

    [Fact]
    public void Tail_OfALineThatWasCut_DropsItForItMayHaveLostItsName()
    {
        var text = $"password={new string('x', 30)}\nlast";
        Assert.Equal("last", EvidenceText.Tail(text, 20));
        Assert.Equal("(a line of more than 3 characters is left out)", EvidenceText.Tail(text, 3));
    }

    [Fact]
    public void Text_LosesControlCharacters() => Assert.Equal("[31mred\tline", EvidenceText.Tail("\u001b[31mred\tline\0\r", 100));

    [Fact]
    public void OneLine_IsOne() => Assert.Equal("a b c…", EvidenceText.OneLine("a\r\nb\nc d e", 5));
}

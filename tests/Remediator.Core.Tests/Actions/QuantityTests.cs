using Remediator.Core.Actions;

namespace Remediator.Core.Tests.Actions;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("512Mi", 512L << 20)]
    [InlineData("1Gi", 1L << 30)]
    [InlineData("1.5Gi", 3L << 29)]
    [InlineData("500M", 500_000_000)]
    [InlineData("64k", 64_000)]
    [InlineData("1e3", 1000)]
    [InlineData("134217728", 134217728)]
    [InlineData("1500m", 2)]
    [InlineData("0", 0)]
    public void Quantity_InAnyUnitOfKubernetes_IsBytes(string text, long bytes) => Assert.Equal(bytes, Quantity.Parse(text).Bytes);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Mi")]
    [InlineData("512 Mi")]
    [InlineData("512mi")]
    [InlineData("-1Gi")]
    [InlineData("9Ei")]
    [InlineData("99999999999999999999999Ei")]
    public void Text_ThatIsNoQuantity_IsRefused(string? text) => Assert.False(Quantity.TryParse(text, null, out _));

    [Theory]
    [InlineData(80L << 20, "80Mi")]
    [InlineData(1L << 30, "1Gi")]
    [InlineData(1000, "1000")]
    [InlineData(0, "0")]
    public void Quantity_Written_HasTheLargestWholeUnit(long bytes, string text) => Assert.Equal(text, new Quantity(bytes).ToString());

    [Theory]
    [InlineData("25%", "25%")]
    [InlineData("12.5 %", "12.5%")]
    public void Percent_ReadAndWritten_IsTheSame(string text, string written) => Assert.Equal(written, Percent.Parse(text).ToString());

    [Theory]
    [InlineData("25")]
    [InlineData("-5%")]
    [InlineData("%")]
    [InlineData("1001%")]
    public void Text_ThatIsNoPercentage_IsRefused(string text) => Assert.False(Percent.TryParse(text, null, out _));
}

using Remediator.Actions.Hosts.Descriptors;
using Remediator.Core.Actions;

namespace Remediator.Actions.Tests.Hosts;

public sealed class DescriptorReaderTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("10.0.0.4:8099", "8099")]
    [InlineData("db-1:9100", "9100")]
    [InlineData("db-1.example.org:443", "443")]
    [InlineData("[2001:db8::5]:8080", "8080")]
    public void TheProcess_IsWhoListensOnThePort_AndAnyWhereNoAddressIsGiven(string address, string port) =>
        Assert.Equal(port, DescriptorReader.Port(address));

    [Theory]
    [InlineData("db-1")]
    [InlineData("10.0.0.4")]
    [InlineData("2001:db8::5")]
    [InlineData("::1")]
    [InlineData("[2001:db8::5]")]
    [InlineData("db-1:")]
    [InlineData(":9100")]
    [InlineData("db-1:0")]
    [InlineData("db-1:65536")]
    [InlineData("db-1:-1")]
    [InlineData("http://db-1:9100/metrics")]
    [InlineData(" ")]
    public void AnAddressWithoutAPort_IsNoProcess_AndNotAnyProcess(string address) => Assert.Equal(
        FailureKind.Permanent, Assert.Throws<ActionFailedException>(() => DescriptorReader.Port(address)).Kind);
}

using Remediator.Core.Secrets;
using Remediator.Server.Access;
using Remediator.Server.Settings;

namespace Remediator.Server.Tests.Access;

public sealed class TokenFileCredentialTests
{
    private const string Token = "a-token-of-the-operator";

    [Theory]
    [InlineData(Token, Token, true)]
    [InlineData("another-token-of-the-operator\n" + Token + "\n", Token, true)]
    [InlineData(Token, "", false)]
    [InlineData(Token + "\n\n", "", false)]
    [InlineData(null, Token, false)]
    public async Task File_LetsInWhoPresentsOneOfItsTokens_AndNobodyWhereItCannotBeRead(string? text, string presented, bool isIn)
    {
        var credential = new TokenFileCredential(new DataFolder("/nowhere"), new OneSecret(text));

        Assert.Equal(isIn, await credential.AuthenticateAsync(presented, TestContext.Current.CancellationToken) is not null);
    }

    private sealed class OneSecret(string? text) : ISecrets
    {
        public string Read(string path, int shortest = 1) => text ?? throw new IOException($"{path} cannot be used.");
    }
}

using System.Security.Cryptography;
using System.Text;
using Remediator.Server.FirstStart;

namespace Remediator.Server.Api;

/// <summary>Lets in who has the operator's token. The webhook's token, which stands in Alertmanager's configuration, is another one.</summary>
internal sealed class OperatorOnly(DataFolder folder) : IEndpointFilter
{
    private readonly byte[] _expected = Hash("Bearer " + File.ReadAllText(folder.OperatorToken).Trim());

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next) =>
        Accepts(context.HttpContext.Request.Headers.Authorization)
            ? await next(context)
            : Results.Json(new ApiError($"The operator's token is missing or wrong; it is in {DataFolder.OperatorTokenName} of the server's data folder, or where its setting OperatorTokenFile says."), statusCode: StatusCodes.Status401Unauthorized);

    internal bool Accepts(string? authorization) => CryptographicOperations.FixedTimeEquals(Hash(authorization ?? ""), _expected);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}

internal sealed record ApiError(string Error);

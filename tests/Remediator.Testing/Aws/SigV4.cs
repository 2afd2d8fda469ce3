using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Remediator.Testing.Aws;

/// <summary>Checks a signature as AWS describes it: "Signature Version 4 for API requests" of the IAM User Guide.</summary>
public static class SigV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(5);

    /// <returns>The service that it is signed for, or the code of the error.</returns>
    public static (string Service, string? Error) Check(
        SeenRequest request, string accessKey, string secret, string region, string? token, DateTimeOffset now)
    {
        var headers = request.Headers;
        if (!headers.TryGetValue("Authorization", out var authorization))
            return ("", "MissingAuthenticationToken");
        if (!authorization.StartsWith($"{Algorithm} ", StringComparison.Ordinal))
            return ("", "IncompleteSignature");
        var parts = authorization[(Algorithm.Length + 1)..].Split(',').Select(p => p.Trim().Split('=', 2))
            .Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1]);
        if (parts.GetValueOrDefault("Credential")?.Split('/') is not [var key, var day, var place, var service, "aws4_request"]
            || parts.GetValueOrDefault("SignedHeaders")?.Split(';') is not { Length: > 0 } signed)
            return ("", "IncompleteSignature");
        if (key != accessKey || headers.GetValueOrDefault("X-Amz-Security-Token") != token)
            return (service, "AuthFailure");
        if (!DateTimeOffset.TryParseExact(
            headers.GetValueOrDefault("X-Amz-Date"), "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out var at) || (now - at).Duration() > MostSkew || at.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture) != day)
            return (service, "RequestExpired");
        if (place != region || !signed.Contains("host") || !signed.Contains("x-amz-date")
            || (token is not null && !signed.Contains("x-amz-security-token"))
            || !signed.SequenceEqual(signed.Order(StringComparer.Ordinal)))
            return (service, "SignatureDoesNotMatch");

        var canonical = string.Join('\n', [
            request.Method, request.Path, request.Query.TrimStart('?'),
            .. signed.Select(h => $"{h}:{Trimmed(headers.GetValueOrDefault(h) ?? "")}"), "",
            string.Join(';', signed), Hash(request.Body)]);
        var toSign = string.Join('\n', Algorithm, headers["X-Amz-Date"], $"{day}/{place}/{service}/aws4_request", Hash(canonical));
        byte[] Mac(byte[] k, string text) => HMACSHA256.HashData(k, Encoding.UTF8.GetBytes(text));
        var signing = Mac(Mac(Mac(Mac(Encoding.UTF8.GetBytes($"AWS4{secret}"), day), place), service), "aws4_request");
        var matches = Convert.ToHexStringLower(Mac(signing, toSign)) == parts.GetValueOrDefault("Signature");
        return (service, matches ? null : "SignatureDoesNotMatch");
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Trimmed(string value) => string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}

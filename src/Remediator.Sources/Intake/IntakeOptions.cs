namespace Remediator.Sources.Intake;

/// <summary>
/// How deliveries are taken in, of every source; the section has the name of the first. Secrets have no default and are never printed.
/// </summary>
public sealed class IntakeOptions
{
    public const string Section = "Sources:Alertmanager";

    /// <summary>
    /// File with the token that a sender sends as <c>Authorization: Bearer</c>; several lines are several tokens. It is read again when
    /// it changes.
    /// </summary>
    public string? BearerTokenFile { get; set; }

    /// <summary>For basic auth, together with <see cref="PasswordFile"/>.</summary>
    public string? Username { get; set; }

    public string? PasswordFile { get; set; }

    /// <summary>A larger body is refused with 413. A sender does not try a refused body again.</summary>
    public int MaxBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Requests being handled at once; one more gets 503 and its sender tries it again.</summary>
    public int MaxConcurrentRequests { get; set; } = 512;

    /// <summary>Bytes of all bodies being handled at once; bounds memory in a storm.</summary>
    public int MaxBytesInFlight { get; set; } = 64 * 1024 * 1024;

    /// <summary>What <c>Retry-After</c> says with a 503.</summary>
    public int RetryAfterSeconds { get; set; } = 5;
}

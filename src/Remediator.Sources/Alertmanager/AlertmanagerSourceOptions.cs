namespace Remediator.Sources.Alertmanager;

/// <summary>Section <c>Sources:Alertmanager</c>. Secrets have no default and are never printed.</summary>
public sealed class AlertmanagerSourceOptions
{
    public const string Section = "Sources:Alertmanager";

    /// <summary>
    /// File with the token that Alertmanager sends as <c>Authorization: Bearer</c>; several lines are several tokens. It is read again when
    /// it changes.
    /// </summary>
    public string? BearerTokenFile { get; set; }

    /// <summary>For basic auth, together with <see cref="PasswordFile"/>.</summary>
    public string? Username { get; set; }

    public string? PasswordFile { get; set; }

    /// <summary>A larger body is refused with 413. Alertmanager does not try a refused body again.</summary>
    public int MaxBodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Requests being handled at once; one more gets 503 and Alertmanager tries it again.</summary>
    public int MaxConcurrentRequests { get; set; } = 512;

    /// <summary>Bytes of all bodies being handled at once; bounds memory in a storm.</summary>
    public int MaxBytesInFlight { get; set; } = 64 * 1024 * 1024;

    /// <summary>What <c>Retry-After</c> says with a 503.</summary>
    public int RetryAfterSeconds { get; set; } = 5;

    /// <summary>Time between two readings of the lists.</summary>
    public TimeSpan ReconcileEvery { get; set; } = TimeSpan.FromMinutes(1);
}

using System.Security.Cryptography;
using System.Text;
using Remediator.Core.Facts;

namespace Remediator.Core.Events;

/// <summary>What a playbook's looks saw.</summary>
/// <param name="At">When the first of them began: nothing that they saw is older.</param>
public sealed record Looked(string Playbook, DateTimeOffset At, IReadOnlyList<LookItem> Items) : Event;

/// <param name="Digest">Of the facts: the same for the same facts, in whatever order.</param>
/// <param name="Failure">Why it could not be seen; null where it was.</param>
public sealed record LookItem(string Use, IReadOnlyList<Fact> Facts, string Digest, string? Failure)
{
    public static LookItem Saw(string use, IReadOnlyList<Fact> facts) => new(use, facts, DigestOf(facts), null);

    public static LookItem Failed(string use, string why) => new(use, [], DigestOf([]), why);

    /// <summary>SHA-256 of the facts as lines, 16 hexadecimal digits.</summary>
    private static string DigestOf(IReadOnlyList<Fact> facts) =>
        Convert.ToHexStringLower(SHA256.HashData(
            Encoding.UTF8.GetBytes(string.Join('\n', facts.Select(f => f.ToString()).Order(StringComparer.Ordinal)))))[..16];
}

using System.Security.Cryptography;

namespace Remediator.Grains.Calls;

/// <summary>Ids of incidents and runs: 48 bits of time, then 32 random ones, in Crockford's base 32.</summary>
internal static class Ids
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    public static string New(DateTimeOffset now) =>
        string.Create(16, (Time: now.ToUnixTimeMilliseconds(), Noise: RandomNumberGenerator.GetInt32(int.MaxValue)), (text, id) =>
        {
            var bits = ((UInt128)(ulong)id.Time << 32) | (uint)id.Noise;
            for (var i = text.Length - 1; i >= 0; i--)
            {
                text[i] = Alphabet[(int)(ulong)(bits & 31)];
                bits >>= 5;
            }
        });
}

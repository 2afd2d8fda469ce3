using System.Security.Cryptography;
using Remediator.Core.Incidents;

namespace Remediator.Grains.Calls;

/// <inheritdoc cref="IncidentIds"/>
internal static class Ids
{
    public static string New(DateTimeOffset now) =>
        string.Create(
            IncidentIds.Length, (Time: now.ToUnixTimeMilliseconds(), Noise: RandomNumberGenerator.GetInt32(int.MaxValue)), (text, id) =>
        {
            var bits = ((UInt128)(ulong)id.Time << 32) | (uint)id.Noise;
            for (var i = text.Length - 1; i >= 0; i--)
            {
                text[i] = IncidentIds.Alphabet[(int)(ulong)(bits & 31)];
                bits >>= 5;
            }
        });
}

using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Remediator.Facts.Watching;

namespace Remediator.Facts.Publishing;

/// <summary>What the code here needs of its surroundings.</summary>
internal sealed class FactsRuntime(TimeProvider time, FactsMetrics metrics, ILogger<ViewPublisher> logger)
{
    private const int NoiseSteps = 1_000_000;

    public TimeProvider Time => time;

    public FactsMetrics Metrics => metrics;

    public ILogger Logger => logger;

    /// <summary>A random number from 0 to 1, from any thread.</summary>
    public Func<double> Noise { get; init; } = () => RandomNumberGenerator.GetInt32(NoiseSteps) / (double)NoiseSteps;
}

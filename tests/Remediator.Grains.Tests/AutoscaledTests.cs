using System.Collections.Concurrent;
using System.Globalization;
using Remediator.Core.Actions;
using Remediator.Core.Events;
using Remediator.Core.Playbooks;

namespace Remediator.Grains.Tests;

public sealed class AutoscaledTests : IDisposable
{
    private const int Repairs = 50;

    private readonly FakeCluster _cluster = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("remediator-grains-").FullName;

    /// <summary>Every run from its alert to its end, each with a scaler that is at another point of its work.</summary>
    [Fact]
    public async Task FiftyRepairs_UnderAScalerThatChangesReplicasEvery20Seconds_AllEndAsVerified()
    {
        var scaled = new ConcurrentDictionary<string, Autoscaled>();
        _cluster.Looks = request => scaled
            .GetOrAdd(request.Resource.Name, name => new(int.Parse(name.Split(".w")[1], CultureInfo.InvariantCulture))).Look();
        var step = FakeCluster.RestartLoop.Ladder[0];
        _cluster.Definitions = _cluster.Definitions with
        {
            Playbooks = new Dictionary<string, Playbook>
            {
                // as long as a machine under load needs, at fifty times the speed
                [FakeCluster.RestartLoop.Name] = FakeCluster.RestartLoop with
                {
                    Ladder = [step with
                    {
                        Verify = step.Verify with { Within = TimeSpan.FromHours(1), Stable = TimeSpan.FromMinutes(10) },
                    }],
                },
            },
        };
        await using var engine = await EngineHost.StartAsync(_cluster, _folder, new()
        {
            Mode = Mode.Auto, DurationScale = 0.02, TakeoverMargin = TimeSpan.FromMilliseconds(200),
            ShutdownGrace = TimeSpan.FromMilliseconds(200), AtOncePerCluster = 1000, AtOncePerNamespace = 1000,
        });
        // a namespace each: the first repair of one has to prove itself before the next begins
        var names = Enumerable.Range(0, Repairs).Select(i => $"s{i}.w{i}").ToList();
        names.ForEach(_cluster.Break);
        foreach (var name in names)
            await engine.PostAsync(name, $"f-{name}");

        foreach (var name in names)
        {
            Assert.Equal(CloseReason.Verified, (await engine.AwaitAsync<IncidentClosed>(name)).Reason);
            Assert.DoesNotContain(await engine.EventsAsync(name), e => e is VerificationFailed or Escalated);
        }

        Assert.Equal(Repairs, _cluster.EffectsById.Count);
        Assert.All(scaled.Values, s => Assert.True(s.Changes > 3, "The scaler had nothing to do."));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>A workload whose pods take 25 s to become ready, looked at every 5 s.</summary>
    private sealed class Autoscaled(int seed)
    {
        private readonly Random _random = new(seed);
        private List<int> _born = [-600, -600, -600, 0];
        private int _second = seed % 5;

        public int Changes { get; private set; }

        public CheckResult Look()
        {
            if (_second % 20 < 5)
            {
                var wanted = _random.Next(2, 12);
                Changes += wanted == _born.Count ? 0 : 1;
                _born = _born.Count > wanted ? _born[..wanted] : [.. _born, .. Enumerable.Repeat(_second, wanted - _born.Count)];
            }

            var ready = _born.Count(b => _second - b >= 25);
            _second += 5;
            return new(ready == _born.Count, $"{ready} of {_born.Count} ready") { Open = ready < _born.Count, Progress = ready };
        }
    }
}

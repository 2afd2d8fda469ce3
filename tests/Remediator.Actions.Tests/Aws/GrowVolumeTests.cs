using Remediator.Actions.Aws.GrowVolume;
using Remediator.Actions.Hosts.Grow;
using Remediator.Actions.Hosts.GrowFileSystem;
using Remediator.Actions.Tests.Hosts;
using Remediator.Core.Actions;
using Remediator.Core.Policies;
using Remediator.Testing;
using Remediator.Testing.Aws;

namespace Remediator.Actions.Tests.Aws;

/// <summary>A real host whose disk the test makes larger when the model of EC2 has done so.</summary>
[Trait("Needs", "Hosts")]
public sealed class GrowVolumeTests : IAsyncLifetime
{
    private const string Id = "vol-0123456789abcdef0";
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    private TestHost _host = null!;
    private AwsFixture _aws = null!;

    private ModelVolume Volume => _aws.Model.Volumes[Id];

    public async ValueTask InitializeAsync()
    {
        _host = await TestHost.StartAsync(1024, "xfs");
        _aws = await AwsFixture.StartAsync();
        _aws.Model.Add(new ModelVolume(Id) { Instance = "i-0123456789abcdef0", Size = 1 });
        await File.WriteAllTextAsync(Path.Combine(_host.Root, "usr/local/sbin/remediator-grow"), GrowHelper.Text, Token);
        await _host.RunAsync($"chmod 755 {GrowHelper.Path}; head -c 2G /dev/zero >/var/lib/filler 2>/dev/null || :");
    }

    public async ValueTask DisposeAsync()
    {
        await _aws.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task AVolume_ThenItsFileSystem_HasAsMuchMoreAsWasSaid_AndIsNotMadeLargerAgain()
    {
        var (act, request) = (Act(), Request());
        var plan = await PlanAsync(act, request);
        Assert.Equal($"make volume {Id} (/ of host db-1) larger, from 1 to 2 GiB, for good", plan.Summary);
        Assert.Equal(plan.Preconditions, (await act.IdentifyAsync(request, plan, Token))!);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await act.ProbeAsync(request, plan, Token)).Answer);
        var outcome = await act.ApplyAsync(request, plan, Token);
        Assert.StartsWith($"AWS was asked to make volume {Id} 2 GiB (request ", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(ProbeAnswer.Happened, (await act.ProbeAsync(request, plan, Token)).Answer);
        Assert.Equal((ActState.InProgress, $"EC2 makes volume {Id} 2 GiB"), await LookAsync(act, request, plan));

        _aws.Model.Optimize(Volume);
        Assert.Equal(
            (ActState.InProgress, $"EC2 has made volume {Id} 2 GiB, and the host does not see it yet"),
            await LookAsync(act, request, plan));
        await _host.GrowDiskAsync(2048);
        var status = await act.WatchAsync(request, plan, "2", Token);
        Assert.Equal(ActState.Done, status.State);
        var gain = Assert.Single(GainSeen.Compare(plan.Gains, status.Gains));
        Assert.Equal((1L << 30, 1L << 30), (gain.Expected, gain.Got));

        // whoever goes on after a crash here makes the file system larger, and not the volume again
        Assert.Contains("it is made larger first (host.grow-filesystem)", await RefusalAsync(act), StringComparison.Ordinal);
        var grow = new GrowFileSystemAction(HostFixture.Machines(Entry()));
        var rest = await grow.PlanAsync(HostFixture.Request(new GrowFileSystemInput()), Token);
        var larger = await grow.ApplyAsync(HostFixture.Request(new GrowFileSystemInput()), rest.Plan!, Token);
        Assert.All(
            GainSeen.Compare(rest.Plan!.Gains, larger.Gains), g => Assert.True(g.IsAsExpected(), g.Describe()));

        Volume.State = "completed";
        await _host.RunAsync("head -c 3G /dev/zero >/var/lib/again 2>/dev/null || :");
        Assert.Contains("was made larger, from 1 to 2 GiB", await RefusalAsync(act), StringComparison.Ordinal);
        Assert.Equal(1, _aws.Endpoint.Count("ModifyVolume"));
    }

    /// <summary>A replica that was killed between the call and its record, with reads of EC2 that lag behind.</summary>
    [Fact]
    public async Task AskedForTwice_ItIsAsLargeAsAskedForOnce()
    {
        var (act, request) = (Act(), Request());
        var plan = await PlanAsync(act, request);
        _aws.Endpoint.Drop("ModifyVolume");
        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => act.ApplyAsync(request, plan, Token));
        Assert.Equal(FailureKind.Unknown, failed.Kind);
        Assert.Equal(ProbeAnswer.Happened, (await act.ProbeAsync(request, plan, Token)).Answer);
        Assert.Equal(
            $"AWS was asked before to make volume {Id} 2 GiB; it is only looked at.", (await act.ApplyAsync(request, plan, Token)).Message);
        Assert.Equal(1, _aws.Endpoint.Count("ModifyVolume"));

        Volume.IsChangeHidden = true;
        await Assert.ThrowsAsync<ActionFailedException>(() => act.ApplyAsync(request, plan, Token));
        Assert.Equal((1, 2, "modifying"), (Volume.Size, Volume.Target, Volume.State));
    }

    [Theory]
    [InlineData("VolumeModificationRateExceeded")]
    [InlineData("IncorrectModificationState")]
    public async Task RefusedIsLater_WhateverTheCount(string code)
    {
        var (act, request) = (Act(), Request());
        var plan = await PlanAsync(act, request);
        _aws.Endpoint.Fail("ModifyVolume", 400, code);
        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => act.ApplyAsync(request, plan, Token));
        Assert.Equal(FailureKind.Permanent, failed.Kind);
        Assert.EndsWith(
            "EC2 takes no further change of the volume now, and may take one hours later; nothing was done.", failed.Message,
            StringComparison.Ordinal);
        Assert.Equal(ProbeAnswer.DidNotHappen, (await act.ProbeAsync(request, plan, Token)).Answer);
    }

    [Fact]
    public async Task WithItsPermissionsAlone_ItWorks_AndOnlyOnAVolumeThatIsTagged()
    {
        var (act, request) = (Act(), Request());
        _aws.Endpoint.Allowed = [.. act.Descriptor.Permissions.OfType<AwsPermission>().Select(p => (p.Action, p.Tag))];
        var plan = await PlanAsync(act, request);
        Volume.Tags.Remove("remediator");
        var failed = await Assert.ThrowsAsync<ActionFailedException>(() => act.ApplyAsync(request, plan, Token));
        Assert.Contains("403 UnauthorizedOperation", failed.Message, StringComparison.Ordinal);
        Volume.Tags["remediator"] = "allowed";
        await act.ApplyAsync(request, plan, Token);
        Assert.Equal(2, Volume.Target);
        Assert.Equal(
            act.Descriptor.Permissions.OfType<AwsPermission>().Select(p => p.Action.Split(':')[1]).Order(),
            _aws.Endpoint.Calls.Select(c => c.Action).Distinct().Order());
    }

    [Fact]
    public async Task WithoutAVolume_OrWithAnotherDisk_NothingIsAsked()
    {
        Assert.StartsWith(
            "Nothing says which EBS volume / of host db-1 is on: its disk loop",
            await RefusalAsync(Act(Entry() with { Grows = [new("/", 9L << 30)] })), StringComparison.Ordinal);
        Assert.Contains(
            "less than 20% is left up to the 1 GiB", await RefusalAsync(Act(Entry() with { Grows = [new("/", 1L << 30, Id)] })),
            StringComparison.Ordinal);
        Volume.Size = 8;
        Assert.Contains($"volume {Id} has 8 GiB, and loop", await RefusalAsync(Act()), StringComparison.Ordinal);
        Assert.Equal(0, _aws.Endpoint.Count("ModifyVolume"));
    }

    private ManagedHost Entry() => HostFixture.Entry(_host) with { Grows = [new("/", 9L << 30, Id)] };

    private GrowVolumeAction Act(ManagedHost? entry = null) => new(HostFixture.Machines(entry ?? Entry()), _aws.Api);

    private static ActionRequest Request() => HostFixture.Request(new GrowVolumeInput());

    private static async Task<ActionPlan> PlanAsync(GrowVolumeAction act, ActionRequest request)
    {
        var planned = await act.PlanAsync(request, Token);
        Assert.Null(planned.Refusal);
        return planned.Plan!;
    }

    private static async Task<string?> RefusalAsync(GrowVolumeAction act) => (await act.PlanAsync(Request(), Token)).Refusal;

    private static async Task<(ActState State, string Seen)> LookAsync(GrowVolumeAction act, ActionRequest request, ActionPlan plan)
    {
        var status = await act.WatchAsync(request, plan, "2", Token);
        return (status.State, status.Seen);
    }
}

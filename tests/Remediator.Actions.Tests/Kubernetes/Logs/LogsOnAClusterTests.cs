using Remediator.Actions.Kubernetes.Logs;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Actions.Tests.Cluster;
using Remediator.Core.Actions;

namespace Remediator.Actions.Tests.Kubernetes.Logs;

[Trait("Needs", "Cluster")]
public sealed class LogsOnAClusterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ACrashLoop_GivesItsLastLines_ReasonAndExitCode_WithoutSecrets()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.DeployAsync(
            "api",
            "for i in $(seq 1 30); do echo line $i; done; echo connecting to postgres://app:hunter2@db/shop; echo panic: no "
                + "database; exit 3");
        await UntilRestartedAsync(space);

        var evidence = await ReadAsync(space, new LogsInput { Previous = true, Lines = 20 });

        Assert.Contains("line 30", evidence.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("line 12\n", evidence.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", evidence.Text + evidence.Values["last_log_lines"], StringComparison.Ordinal);
        Assert.Equal("panic: no database", evidence.Values["last_log_line"]);
        Assert.Equal(("Error", "3"), (evidence.Values["reason"], evidence.Values["exit_code"]));
        Assert.Equal("3", Assert.Single(evidence.Facts)["exit_code"]);
    }

    [Fact]
    public async Task AnInitContainerThatFails_IsTheOneWhoseLogIsKept()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.DeployAsync("api", "exec sleep 3600", change: d => d.Spec.Template.Spec.InitContainers =
        [
            new() {
                Name = "migrate",
                Image = "remediator.test/busybox:1",
                ImagePullPolicy = "IfNotPresent",
                Command = ["/bin/sh", "-c", "echo no such table; exit 7"] },
        ]);
        await UntilRestartedAsync(space);

        var evidence = await ReadAsync(space, new LogsInput());
        Assert.Equal(
            ("migrate", "7", "no such table"),
            (evidence.Values["container"], evidence.Values["exit_code"], evidence.Values["last_log_line"]));
    }

    [Fact]
    public async Task AContainerThatNeverRan_HasNoLog_AndThatIsNoFailure()
    {
        await using var space = await TestNamespace.CreateAsync();
        await space.DeployAsync("api", "true", change: d => d.Spec.Template.Spec.Containers[0].Image = "remediator.test/no-such:1");
        await TestNamespace.UntilAsync("the image is missed", space.PodsAsync, pods => pods.Any(p => p.IsWaiting()));
        var evidence = await ReadAsync(space, new LogsInput { Which = LogChoice.All, Previous = true });
        Assert.Contains("(no log)", evidence.Text, StringComparison.Ordinal);
        Assert.False(evidence.Values.ContainsKey("last_log_line"));
    }

    private static Task<Evidence> ReadAsync(TestNamespace space, LogsInput input) =>
        new LogsAction(space.Api, space.Workloads).ReadAsync(space.Request(input, "deployment", "api"), Token);

    private static async Task UntilRestartedAsync(TestNamespace space) =>
        await TestNamespace.UntilAsync("a restart", space.PodsAsync, pods =>
            pods.Any(p => p.Restarts() > 1 && p.Containers().Any(c => c.Waiting() == "CrashLoopBackOff")));
}

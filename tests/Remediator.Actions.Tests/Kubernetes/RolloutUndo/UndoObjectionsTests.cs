using System.Text.Json.Nodes;
using k8s.Models;
using Remediator.Actions.Kubernetes.Revisions;
using Remediator.Actions.Kubernetes.RolloutUndo;
using Remediator.Actions.Kubernetes.Workloads;

namespace Remediator.Actions.Tests.Kubernetes.RolloutUndo;

/// <summary>What speaks against going back; each is somebody's public report, or of its kind.</summary>
public sealed class UndoObjectionsTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly JsonObject _good = Template("app:1");
    private readonly JsonObject _bad = Template("app:2");
    private List<V1Pod> _pods = [New(TestPods.Crashing("web-1", 4)), New(TestPods.Crashing("web-2", 4))];
    private string _annotations = "{}";

    [Fact]
    public void BadImage_MayBeTakenBack() => Assert.Null(Objection());

    [Theory]
    [InlineData("kubectl.kubernetes.io/restartedAt")]
    [InlineData("remediator.io/restarted-at")]
    [InlineData("checksum/config")]
    [InlineData("rollme")]
    public void C01_RestartOrChecksum_IsNoRolloutThatBrokeIt(string annotation)
    {
        Same();
        Annotate(_bad, annotation);
        Assert.Equal(
            $"differs between revision 2 (web-2) and revision 1 (web-1) in spec.template.metadata.annotations.{annotation} alone: "
                + "going back would replace every pod and change nothing that they run",
            Objection());
    }

    [Fact]
    public void ChecksumThatReloaderWritesIntoTheEnvironment_IsNoneEither()
    {
        Same();
        _bad["spec"]!["containers"]![0]!["env"]!.AsArray().Add(new JsonObject { ["name"] = "STAKATER_API_CONFIGMAP", ["value"] = "abc" });
        Assert.Contains("env[STAKATER_API_CONFIGMAP]", Objection(), StringComparison.Ordinal);
    }

    [Fact]
    public void RestartBesideAnotherImage_IsARollout()
    {
        Annotate(_bad, "kubectl.kubernetes.io/restartedAt");
        Assert.Null(Objection());
    }

    /// <summary>A limit that Remediator has raised; one that it has put back, that somebody has set since, or beside a new image.</summary>
    [Theory]
    [InlineData("80Mi", "app:1", "null", true)]
    [InlineData("80Mi", "app:1", "\"2026-11-23T02:00:00Z\"", false)]
    [InlineData("96Mi", "app:1", "null", false)]
    [InlineData("80Mi", "app:2", "null", false)]
    public void LimitThatRemediatorHasRaised_IsNoRolloutThatBrokeIt(string limit, string image, string undoneAt, bool objects)
    {
        (_good["spec"]!["containers"]![0]!["resources"], _bad["spec"]!["containers"]![0]!["resources"]) = (Memory("64Mi"), Memory(limit));
        _bad["spec"]!["containers"]![0]!["image"] = image;
        Annotate(_bad, "remediator.io/restarted-at");
        _annotations = new JsonObject
        {
            ["remediator.io/memory-limit-raised"] = $$"""
                {"at":"2026-11-23T01:00:00Z","actionId":"a","incident":"i","undoneAt":{{undoneAt}},
                 "raised":[{"index":0,"container":"main","from":"64Mi","to":"80Mi"}]}
                """,
        }.ToJsonString();
        Assert.Equal(
            objects
                ? "differs between revision 2 (web-2) and revision 1 (web-1) in the memory limit alone, which Remediator has raised to "
                    + "80Mi: no release is behind it"
                : null,
            Objection());
    }

    [Fact]
    public void SameTemplate_CannotHelp()
    {
        Same();
        Assert.Equal("has the same template in revision 2 (web-2) and in revision 1 (web-1)", Objection());
    }

    [Fact]
    public void C02_MissingSecret_ThatTheEarlierRevisionNeedsAsWell()
    {
        _pods = [New(TestPods.Waiting("web-1", "CreateContainerConfigError", "secret \"db\" not found"))];
        Assert.Equal("needs secret/db, which is missing, in revision 1 (web-1) as well", Objection());
    }

    [Fact]
    public void MissingKey_ThatOnlyTheNewestNeeds_MayBeTakenBack()
    {
        _pods = [New(TestPods.Waiting("web-1", "CreateContainerConfigError", "couldn't find key url in Secret shop/db"))];
        var env = _bad["spec"]!["containers"]![0]!["env"]!.AsArray();
        env.Add(JsonNode.Parse("""{"name":"URL","valueFrom":{"secretKeyRef":{"name":"db","key":"url"}}}"""));
        Assert.Null(Objection());
    }

    [Fact]
    public void MissingConfigMap_OfAVolumeOfBoth()
    {
        foreach (var template in new[] { _good, _bad })
            template["spec"]!["volumes"] = JsonNode.Parse("""[{"name":"c","configMap":{"name":"conf"}}]""");
        _pods = [New(TestPods.Waiting("web-1", "CreateContainerConfigError", "configmap \"conf\" not found"))];
        Assert.Equal("needs configmap/conf, which is missing, in revision 1 (web-1) as well", Objection());
    }

    [Fact]
    public void C18_MostOfTheNewestServe()
    {
        _pods = [.. Enumerable.Range(1, 3).Select(i => New(Serving($"web-{i}"))), New(TestPods.Waiting("web-4", "CreateContainerError"))];
        Assert.Equal("has 3 of 4 pods of revision 2 (web-2) that serve: the revision is not at fault", Objection());
    }

    [Fact]
    public void ReadyForAMomentBetweenCrashes_IsNotServing()
    {
        _pods = [New(Serving("web-1", 0.1))];
        Assert.Null(Objection());
    }

    [Fact]
    public void OnlyAnInjectedContainerIsSick()
    {
        foreach (var pod in _pods)
            pod.Status.ContainerStatuses[0].Name = "istio-proxy";
        Assert.Equal(
            "has no container istio-proxy in its template: it was injected, and going back would inject it again", Objection());
    }

    [Fact]
    public void MigrationThatHasCompleted_IsNotTakenBack_UnlessItsOwnerSaysSo()
    {
        _bad["spec"]!["initContainers"] = JsonNode.Parse("""[{"name":"migrate","image":"app:2"}]""");
        _pods[0].Status.InitContainerStatuses = [new() { Name = "migrate", State = new() { Terminated = new() { ExitCode = 0 } } }];
        Assert.StartsWith("has a new init container migrate that has completed", Objection(), StringComparison.Ordinal);

        _annotations = """{"remediator.io/undo":"safe"}""";
        Assert.Null(Objection());
    }

    /// <summary>MySQL and many tools commit each step of a migration by itself: one that failed may have done half of it.</summary>
    [Theory]
    [InlineData("""{"name":"migrate","image":"app:2"}""")]
    [InlineData("""{"name":"db-migrate","image":"app:2"}""")]
    [InlineData("""{"name":"init","image":"flyway/flyway:10"}""")]
    [InlineData("""{"name":"init","image":"liquibase/liquibase:4"}""")]
    [InlineData("""{"name":"init","image":"app:2","command":["alembic","upgrade","head"]}""")]
    [InlineData("""{"name":"init","image":"app:2","command":["bundle","exec","rails"],"args":["db:migrate"]}""")]
    [InlineData("""{"name":"init","image":"app:2","command":["sh","-c","bin/rails db:prepare"]}""")]
    [InlineData("""{"name":"init","image":"app:2","args":["python","manage.py","migrate"]}""")]
    [InlineData("""{"name":"init","image":"app:2","command":["flask","db","upgrade"]}""")]
    public void MigrationThatCrashes_IsNotTakenBackEither_UnlessItsOwnerSaysSo(string container)
    {
        _bad["spec"]!["initContainers"] = new JsonArray(JsonNode.Parse(container));
        var name = JsonNode.Parse(container)!["name"]!.ToString();
        _pods[0].Status.InitContainerStatuses = [new() { Name = name, State = new() { Waiting = new() { Reason = "PodInitializing" } } }];
        _pods[0].Status.ContainerStatuses = [];
        _pods[1].Status.ContainerStatuses = [];
        Assert.Null(Objection());

        var crash = TestPods.Crashing("web-1", 4).Status.ContainerStatuses[0];
        crash.Name = name;
        _pods[0].Status.InitContainerStatuses = [crash];
        Assert.Equal(
            $"has a new container {name} that is a migration by its name, image or command and has begun, and what it did so far is not "
                + "taken back with it: annotate remediator.io/undo: safe where going back is safe all the same",
            Objection());

        _annotations = """{"remediator.io/undo":"safe"}""";
        Assert.Null(Objection());
    }

    /// <summary>One that only waits, or fetches, has changed nothing when it crashes.</summary>
    [Theory]
    [InlineData("""{"name":"wait-for-db","image":"busybox:1"}""")]
    [InlineData("""{"name":"config","image":"app:2","args":["--check-schema"]}""")]
    public void OtherInitContainerThatCrashes_MayBeTakenBack(string container)
    {
        _bad["spec"]!["initContainers"] = new JsonArray(JsonNode.Parse(container));
        var crash = TestPods.Crashing("web-1", 4).Status.ContainerStatuses[0];
        crash.Name = JsonNode.Parse(container)!["name"]!.ToString();
        _pods[0].Status.InitContainerStatuses = [crash];
        Assert.Null(Objection());
    }

    [Fact]
    public void MigrationInTheCommandOfThePodItself_IsNotTakenBackEither()
    {
        _bad["spec"]!["containers"]![0]!["command"] = JsonNode.Parse("""["sh","-c","rails db:migrate && puma"]""");
        Assert.StartsWith("has a new container main that is a migration", Objection(), StringComparison.Ordinal);
    }

    [Fact]
    public void InitContainerOfBoth_IsNoMigrationOfThisRollout()
    {
        foreach (var template in new[] { _good, _bad })
            template["spec"]!["initContainers"] = JsonNode.Parse("""[{"name":"wait","image":"busybox"}]""");
        _pods[0].Status.InitContainerStatuses = [new() { Name = "wait", State = new() { Terminated = new() { ExitCode = 0 } } }];
        Assert.Null(Objection());
    }

    [Fact]
    public void ChangesOfAPlan_NameKeysAndObjects_AndNoValue()
    {
        Same();
        Annotate(_bad, "kubectl.kubernetes.io/restartedAt");
        _bad["spec"]!["containers"]![0]!["envFrom"] = JsonNode.Parse("""[{"configMapRef":{"name":"new-settings"}}]""");
        Assert.Equal(
            [
                ("spec.template.metadata.annotations.kubectl.kubernetes.io/restartedAt", "(not shown)", ""),
                ("spec.template.spec.containers[main].envFrom[0].configMapRef.name", "new-settings", "")
            ],
            TemplateDifference.Between("d", _bad, _good).Select(c => (c.Field, c.Before, c.After)));
    }

    private string? Objection() => UndoObjections.First(
        new LiveWorkload("deployment", TestWorkloads.Deployment(_annotations)), Revision(2, _bad), Revision(1, _good), _pods,
        TestPods.Now.UtcDateTime, Window);

    private static JsonObject Memory(string limit) => new() { ["limits"] = new JsonObject { ["memory"] = limit } };

    private void Same() => _bad["spec"]!["containers"]![0]!["image"] = "app:1";

    private static void Annotate(JsonObject template, string annotation) =>
        template["metadata"]!["annotations"] = new JsonObject { [annotation] = "2026" };

    private static WorkloadRevision Revision(int number, JsonObject template) =>
        new($"web-{number}", $"uid-{number}", $"hash-{number}", number, TestPods.Now, template, false);

    private static V1Pod New(V1Pod pod) =>
        pod.With(p => p.Metadata.Labels = new Dictionary<string, string> { ["pod-template-hash"] = "hash-2" });

    private static V1Pod Serving(string name, double minutes = 30) => TestPods.Running(name)
        .With(p => p.Status.Conditions[0].LastTransitionTime = TestPods.Now.UtcDateTime.AddMinutes(-minutes));

    private static JsonObject Template(string image) => JsonNode.Parse("""
        {"metadata":{"labels":{"app":"web"}},
         "spec":{"containers":[{"name":"main","image":"IMAGE",
           "env":[{"name":"PASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}}]}]}}
        """.Replace("IMAGE", image, StringComparison.Ordinal))!.AsObject();
}

using System.Text.Json;
using Remediator.Facts.Objects;

namespace Remediator.Facts.Tests.Projection;

/// <summary>Who would put a workload or a claim back, read from the object as the API server gives it.</summary>
public sealed class OwnerOfAWorkloadTests : ProjectionTest
{
    private const string Chart = """{"app.kubernetes.io/instance":"shop","app.kubernetes.io/managed-by":"Helm"}""";

    [Theory]
    [InlineData("argocd-controller", "argocd", "shop")]
    [InlineData("argocd-application-controller", "argocd", "shop")]
    [InlineData("kustomize-controller", "flux", "")]
    [InlineData("helm-controller", "flux", "")]
    [InlineData("flagger", "flagger", "")]
    [InlineData("helm", "helm", "")]
    [InlineData("kubectl-rollout", "helm", "")]
    public void WhoWritesIt_TellsMoreThanLabels(string manager, string by, string name) =>
        Says(Of(Chart, Fields(manager)), ("managed_by", by), ("managed_by_name", name));

    [Fact]
    public void LabelThatEveryChartHas_IsNoArgoCd() =>
        Says(Of("""{"app.kubernetes.io/instance":"shop"}""", Fields("kubectl-client-side-apply")), ("managed_by", ""));

    [Fact]
    public void WhoWritesOnlyTheStatus_OwnsNothing() =>
        Says(Of("{}", """[{"manager":"argocd-controller","operation":"Update","subresource":"status","fieldsV1":{"f:x":{}}}]"""), ("managed_by", ""));

    [Theory]
    [InlineData("ConfigMap", "api-app")]
    [InlineData("ClusterServiceVersion", "db-operator.v1")]
    [InlineData("Canary", "api")]
    public void C07_ControllerReference_IsAnOwnerThatReconciles(string kind, string name) => Says(
        Of("{}", "null", $$"""[{"kind":"{{kind}}","name":"{{name}}","controller":true}]"""),
        ("managed_by", "operator"), ("managed_by_name", $"{kind} {name}"));

    [Fact]
    public void OwnerThatIsNoController_ReconcilesNothing() =>
        Says(Of("{}", "null", """[{"kind":"ConfigMap","name":"x","controller":false},{"kind":"Secret","name":"y"}]"""), ("managed_by", ""));

    /// <summary>Strimzi writes such references, and makes the object from its own kind all the same.</summary>
    [Fact]
    public void OwnerOfACustomKind_ReconcilesAlsoWhereItIsNoController() => Says(
        Of("{}", "null", """[{"kind":"KafkaConnect","name":"events","controller":false}]"""),
        ("managed_by", "operator"), ("managed_by_name", "KafkaConnect events"));

    [Fact]
    public void LabelOfTheOperatorLifecycleManager_IsAnOwner() => Says(
        Of("""{"olm.owner":"shop.v1","olm.owner.kind":"ClusterServiceVersion"}""", "null"),
        ("managed_by", "operator"), ("managed_by_name", "ClusterServiceVersion shop.v1"));

    [Theory]
    [InlineData("manager", "operator", "manager")]
    [InlineData("istio-operator", "operator", "istio-operator")]
    [InlineData("openshift-controller-manager", "operator", "openshift-controller-manager")]
    [InlineData("configsync", "config-sync", "")]
    [InlineData("kapp-server-side-apply", "kapp-controller", "")]
    [InlineData("kube-controller-manager", "", "")]
    [InlineData("kubectl-edit", "", "")]
    [InlineData("jenkins", "", "")]
    public void ControllerThatWritesTheImage_MakesTheObject(string manager, string by, string name) =>
        Says(Of("{}", Image(manager)), ("managed_by", by), ("managed_by_name", name));

    /// <summary>Reloader is called so too, and writes a stamp.</summary>
    [Fact]
    public void ControllerThatWritesOnlyAStamp_DoesNot() => Says(
        Of("{}", Image("manager").Replace("f:image", "f:env", StringComparison.Ordinal)), ("managed_by", ""));

    /// <summary>What a StatefulSet or a pod made it by, is not asked again.</summary>
    [Theory]
    [InlineData("""{"argocd.argoproj.io/instance":"shop"}""", "[]", "argocd", "shop")]
    [InlineData("{}", """[{"kind":"Cluster","name":"db","controller":true}]""", "operator", "Cluster db")]
    [InlineData("{}", """[{"kind":"Elasticsearch","name":"logs"}]""", "operator", "Elasticsearch logs")]
    [InlineData("{}", """[{"kind":"StatefulSet","name":"db","controller":true}]""", "", "")]
    [InlineData("{}", """[{"kind":"Pod","name":"api-0","controller":true}]""", "", "")]
    [InlineData("{}", "[]", "", "")]
    public void AClaim_HasAnOwnerToo(string labels, string owners, string by, string name) => Says(
        Only(new()
        {
            Claims = [JsonSerializer.Deserialize<PersistentVolumeClaim>(
                $$"""{"metadata":{"name":"data","namespace":"shop","labels":{{labels}},"ownerReferences":{{owners}}} }""",
                KubeJson.Options)!],
        }, "pvc"),
        ("managed_by", by), ("managed_by_name", name));

    private static string Image(string manager) => """
        [{"manager":"MANAGER","operation":"Update","apiVersion":"apps/v1","fieldsV1":{"f:spec":{"f:template":{"f:spec":
          {"f:containers":{"k:{\"name\":\"main\"}":{"f:image":{}}}}}}}}]
        """.Replace("MANAGER", manager, StringComparison.Ordinal);

    private static string Fields(string manager) => """
        [{"manager":"kube-controller-manager","operation":"Update","apiVersion":"apps/v1","time":"2026-11-23T11:00:00Z",
          "fieldsV1":{"f:status":{"f:conditions":{".":{},"k:{\"type\":\"Available\"}":{}}}},"subresource":"status"},
         {"manager":"MANAGER","operation":"Apply","fieldsV1":{"f:spec":{"f:template":{"manager":"argocd-controller"}}}}]
        """.Replace("MANAGER", manager, StringComparison.Ordinal);

    private Core.Facts.Fact Of(string labels, string managedFields, string owners = "[]")
    {
        var deployment = JsonSerializer.Deserialize<Workload>(
            $$"""
            {"metadata":{"name":"api","namespace":"shop","uid":"u","creationTimestamp":"2026-11-22T12:00:00Z","labels":{{labels}},
              "managedFields":{{managedFields}},"ownerReferences":{{owners}}},"spec":{"replicas":2} }
            """,
            KubeJson.Options)!;
        Assert.Equal(2, deployment.Spec.Replicas);
        return Only(new() { Deployments = [deployment] }, "workload");
    }
}

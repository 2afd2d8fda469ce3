using k8s;
using k8s.Models;
using Remediator.Actions.Kubernetes.Api;
using Remediator.Core.Actions;

namespace Remediator.Actions.Tests.Cluster;

/// <summary>A user of the cluster who may do what one action declares, and nothing else.</summary>
internal sealed class OnlyItsPermissions : IAsyncDisposable
{
    private readonly TestNamespace _space;
    private readonly k8s.Kubernetes _client;
    private readonly string _name;

    private OnlyItsPermissions(TestNamespace space, k8s.Kubernetes client, string name)
    {
        (_space, _client, _name) = (space, client, name);
        Api = new(() => _client, TimeProvider.System) { Timeout = TimeSpan.FromMinutes(1) };
    }

    public ClusterApi Api { get; }

    public static async Task<OnlyItsPermissions> OfAsync(TestNamespace space, string action)
    {
        var token = TestContext.Current.CancellationToken;
        var name = $"{space.Name}-{action.Replace('.', '-')}";
        Assert.True(ActionCatalogue.All().TryGet(action, out var known), $"There is no action {action}.");
        await space.Client.RbacAuthorizationV1.CreateClusterRoleAsync(new()
        {
            Metadata = new() { Name = name },
            Rules = [.. known.Descriptor.Permissions.OfType<KubernetesPermission>()
                .Select(p => new V1PolicyRule { ApiGroups = [p.ApiGroup], Resources = [p.Resource], Verbs = [.. p.Verbs] })],
        }, cancellationToken: token);
        await space.Client.RbacAuthorizationV1.CreateClusterRoleBindingAsync(new()
        {
            Metadata = new() { Name = name },
            RoleRef = new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = name },
            Subjects = [new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "User", Name = name }],
        }, cancellationToken: token);
        var client = new k8s.Kubernetes(TestNamespace.Configuration(), new Impersonation(name));
        await TestNamespace.UntilAsync("the role is in force",
        () => client.AuthorizationV1.CreateSelfSubjectAccessReviewAsync(
            Review(known.Descriptor.Permissions.OfType<KubernetesPermission>().Last()), cancellationToken: token),
            r => r.Status?.Allowed == true);
        return new(space, client, name);
    }

    public async ValueTask DisposeAsync()
    {
        await _space.Client.RbacAuthorizationV1.DeleteClusterRoleBindingAsync(_name, cancellationToken: CancellationToken.None);
        await _space.Client.RbacAuthorizationV1.DeleteClusterRoleAsync(_name, cancellationToken: CancellationToken.None);
        _client.Dispose();
    }

    private static V1SelfSubjectAccessReview Review(KubernetesPermission permission) => new()
    {
        Spec = new()
        {
            ResourceAttributes = new()
            {
                Group = permission.ApiGroup,
                Resource = permission.Resource.Split('/')[0],
                Subresource = permission.Resource.Split('/').ElementAtOrDefault(1),
                Verb = permission.Verbs[0],
            },
        },
    };

    private sealed class Impersonation(string user) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Add("Impersonate-User", user);
            request.Headers.Add("Impersonate-Group", "system:authenticated");
            return base.SendAsync(request, cancellationToken);
        }
    }
}

using Remediator.Core.Actions;

namespace Remediator.Actions.Tests;

public sealed class CompletenessTests
{
    [Fact]
    public void EveryActionClass_IsInTheRegistry()
    {
        var classes = typeof(ActionCatalogue)
            .Assembly.GetTypes()
            .Where(t => t.IsClass && !t.IsAbstract && t.IsAssignableTo(typeof(IAction)))
            .Select(t => t.Name);
        Assert.Equal(classes.Order(), ActionCatalogue.All().All.Select(a => a.GetType().Name).Distinct().Order());
    }

    [Fact]
    public void EveryAction_DescribesItself()
    {
        foreach (var action in ActionCatalogue.All().All)
        {
            var d = action.Descriptor;
            Assert.Matches("^(kubernetes|host|aws|notify)\\.[a-z]+(-[a-z]+)*$", d.Name);
            Assert.EndsWith(".", d.Summary, StringComparison.Ordinal);
            Assert.True(
                d.Input.IsSealed && d.Input.GetConstructor([]) is not null, $"{d.Name}: the input must be a sealed record with defaults.");
            Assert.Equal(action is IChangeAction, d.Class is not ActionClass.Read);
        }
    }

    [Fact]
    public void Permissions_NeverIncludeSecretsOrWildcards()
    {
        var permissions = ActionCatalogue.Permissions();
        Assert.NotEmpty(permissions);
        Assert.DoesNotContain(permissions, p =>
            p.Resource.Contains("secret", StringComparison.OrdinalIgnoreCase) || p.Resource.Contains('*') || p.Verbs.Contains("*"));
        Assert.Equal(permissions.Count, permissions.Select(p => (p.ApiGroup, p.Resource)).Distinct().Count());
    }
}

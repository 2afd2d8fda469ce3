using Remediator.Actions.Kubernetes.EvictPod;
using Remediator.Actions.Kubernetes.Logs;
using Remediator.Actions.Kubernetes.Pods;
using Remediator.Core.Actions;

namespace Remediator.Actions.Tests;

/// <summary>Inputs as playbooks write them.</summary>
public sealed class InputTests
{
    [Fact]
    public void EveryAction_HasDefaults_SoThatAPlaybookMayLeaveWithOut()
    {
        foreach (var action in ActionCatalogue.All().All)
        {
            List<InputFault> faults = [];
            Assert.IsType(
                action.Descriptor.Input,
                ActionInputBinder.Bind(action.Descriptor.Input, [], faults)?.Bind(new Dictionary<string, object>()));
        }
    }

    [Fact]
    public void WhichPod_IsWrittenAsTheDocumentationSays() =>
        Assert.Equal(new EvictPodInput { Which = PodChoice.NotReady }, Bind<EvictPodInput>(("which", "not-ready")));

    [Fact]
    public void Logs_TakeTheirThreeSettings() =>
        Assert.Equal(
            new LogsInput { Previous = true, Lines = 50, Which = LogChoice.All },
            Bind<LogsInput>(("previous", "true"), ("lines", "50"), ("which", "all")));

    [Theory]
    [InlineData("lines", "0", "'lines' is 0; expected 1 to 1000")]
    [InlineData("lines", "1001", "'lines' is 1001; expected 1 to 1000")]
    [InlineData("which", "crashed", "'which' is 'crashed'; expected crashing, waiting, failed, all")]
    public void AValueOutOfRange_IsToldAtLoad(string key, string value, string message)
    {
        List<InputFault> faults = [];
        Assert.Null(ActionInputBinder.Bind(typeof(LogsInput), [new(key, value)], faults));
        Assert.Equal(message, Assert.Single(faults).Message);
    }

    private static T Bind<T>(params (string Key, string Value)[] entries)
    {
        List<InputFault> faults = [];
        var template = ActionInputBinder.Bind(typeof(T), [.. entries.Select(e => new InputEntry(e.Key, e.Value))], faults);
        Assert.Empty(faults);
        return Assert.IsType<T>(template?.Bind(new Dictionary<string, object>()));
    }
}

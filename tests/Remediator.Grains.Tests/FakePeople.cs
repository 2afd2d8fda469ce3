using System.Collections.Concurrent;
using Remediator.Core.Actions;

namespace Remediator.Grains.Tests;

/// <summary>A way of telling people that remembers what it was told.</summary>
internal sealed class FakePeople : INotifyAction
{
    public ConcurrentQueue<Notification> Told { get; } = new();

    public ActionDescriptor Descriptor { get; } = new()
        { Name = "fake.people", Class = ActionClass.Mild, Input = typeof(NoInput), Summary = "people" };

    public bool IsConfigured => true;

    public Task NotifyAsync(Notification notification, CancellationToken cancellationToken)
    {
        Told.Enqueue(notification);
        return Task.CompletedTask;
    }
}

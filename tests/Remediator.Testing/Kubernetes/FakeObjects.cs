using System.Globalization;
using System.Text.Json.Nodes;

namespace Remediator.Testing.Kubernetes;

internal sealed record FakeChange(long Version, string Plural, string Type, string Text);

/// <summary>The objects by plural, namespace and name, and every change of them in order. Each change is a version of the whole.</summary>
internal sealed class FakeObjects : IDisposable
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closed = new();
    private readonly SortedDictionary<(string Plural, string Namespace, string Name), JsonObject> _objects = [];
    private readonly List<FakeChange> _changes = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _version = 1;
    private long _uids;

    public CancellationToken Closed => _closed.Token;

    /// <summary>Ends the watches.</summary>
    public void Close() => _closed.Cancel();

    public void Dispose() => _closed.Dispose();

    /// <summary>Everything within is one step that nobody sees a half of.</summary>
    public T Atomic<T>(Func<T> work)
    {
        lock (_lock)
            return work();
    }

    public long Version => Atomic(() => _version);

    /// <summary>A copy; null where there is none.</summary>
    public JsonObject? Find(string plural, string space, string name) =>
        Atomic(() => _objects.GetValueOrDefault((plural, space, name))?.DeepClone().AsObject());

    public (long Version, IReadOnlyList<JsonObject> Items) List(string plural, string? space = null) =>
        Atomic<(long, IReadOnlyList<JsonObject>)>(() =>
        (
            _version,
            [.. _objects.Where(o => o.Key.Plural == plural && (space is null || o.Key.Namespace == space))
                .Select(o => o.Value.DeepClone().AsObject())]));

    /// <summary>Adds or replaces. A new object gets its uid here, every one its version.</summary>
    public JsonObject Put(string plural, JsonObject o) => Atomic(() =>
    {
        var metadata = o["metadata"]!.AsObject();
        var key = (plural, Text(metadata, "namespace"), Text(metadata, "name"));
        var isNew = !_objects.ContainsKey(key);
        if (isNew)
            metadata["uid"] = string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{++_uids:d12}");
        metadata["resourceVersion"] = Next();
        _objects[key] = o.DeepClone().AsObject();
        Say(plural, isNew ? "ADDED" : "MODIFIED", o);
        return o;
    });

    public void Remove(string plural, string space, string name) => Atomic(() =>
    {
        if (!_objects.Remove((plural, space, name), out var gone))
            throw new InvalidOperationException($"There is no {plural} {space}/{name}.");

        gone["metadata"]!["resourceVersion"] = Next();
        Say(plural, "DELETED", gone);
        return gone;
    });

    /// <summary>What has changed since; when nothing has, a task that ends with the next change.</summary>
    public (IReadOnlyList<FakeChange> Changes, long Version, Task Next) Since(long version, string plural) =>
        Atomic<(IReadOnlyList<FakeChange>, long, Task)>(() =>
        ([.. _changes.Where(c => c.Version > version && c.Plural == plural)], _version, _changed.Task));

    private string Next() => (++_version).ToString(CultureInfo.InvariantCulture);

    private void Say(string plural, string type, JsonObject o)
    {
        _changes.Add(new(_version, plural, type, o.ToJsonString()));
        _changed.SetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static string Text(JsonObject o, string name) => o[name]?.GetValue<string>() ?? "";
}

using Remediator.Facts.Objects;

namespace Remediator.Facts.Watching;

internal sealed record ListPage<T>
    where T : class, IKubeObject
{
    public ListMeta Metadata { get; init; } = new();
    public IReadOnlyList<T> Items { get; init; } = [];
}

internal sealed record ListMeta
{
    public string ResourceVersion { get; init; } = "";
    public string? Continue { get; init; }
}

/// <summary>Answer of discovery: what one version of an API group offers.</summary>
internal sealed record ResourceList
{
    public IReadOnlyList<ApiResource> Resources { get; init; } = [];
}

internal sealed record ApiResource
{
    public string Name { get; init; } = "";
}

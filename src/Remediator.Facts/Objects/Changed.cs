namespace Remediator.Facts.Objects;

/// <param name="Now">Null where it is gone.</param>
internal readonly record struct Changed<T>(ObjectName Key, T? Now)
    where T : class;

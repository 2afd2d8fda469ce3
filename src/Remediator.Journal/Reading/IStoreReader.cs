using System.Data.Common;

namespace Remediator.Journal.Reading;

/// <summary>Connections to read on, a few at once. The SQL of readers is the same for every engine, with parameters <c>@name</c>.</summary>
internal interface IStoreReader : IDisposable
{
    /// <exception cref="Core.Journal.StoreUnavailableException">The store cannot be read now.</exception>
    Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> read, CancellationToken cancellationToken);
}

using System.Data.Common;

namespace Remediator.Journal.Reading;

/// <summary>A store that is opened for one question, whether a server runs or not, and does not change while it is answered.</summary>
internal interface IAuditSource
{
    /// <param name="mayRepeat">The question may be asked again where its first answer does not hold together.</param>
    /// <exception cref="Core.Journal.StoreUnavailableException">
    /// There is no store, or it cannot be read; in words for an operator.
    /// </exception>
    T Read<T>(Func<DbConnection, T> read, bool mayRepeat);
}

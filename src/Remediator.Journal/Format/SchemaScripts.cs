using System.Reflection;
using DbUp.Engine;
using Remediator.Core.Journal;

namespace Remediator.Journal.Format;

/// <summary>The scripts that bring a store of one engine to this program's schema, forward only.</summary>
internal sealed class SchemaScripts(string engine)
{
    private readonly SqlScript[] _scripts = [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(engine + "/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(name =>
            SqlScript.FromStream(name[(engine.Length + 1)..], Assembly.GetExecutingAssembly().GetManifestResourceStream(name)))];

    public IReadOnlyList<SqlScript> All => _scripts;

    /// <param name="store">As a message calls it.</param>
    /// <exception cref="StoreUnavailableException">Something was executed that this program does not know.</exception>
    public void RefuseNewer(string store, IEnumerable<string> executed)
    {
        var unknown = executed.Except(_scripts.Select(script => script.Name), StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToArray();
        if (unknown.Length > 0)
            throw new StoreUnavailableException(
                $"{store} was written by a newer Remediator (its schema has {string.Join(", ", unknown)}, unknown here). Run "
                    + $"that version or a later one.");
    }

    /// <summary>For those who only read.</summary>
    /// <exception cref="StoreUnavailableException">The store's schema is another than this program's.</exception>
    public void RequireAll(string store, IReadOnlyCollection<string> executed)
    {
        RefuseNewer(store, executed);
        if (_scripts.Select(script => script.Name).Except(executed, StringComparer.Ordinal).Any())
            throw new StoreUnavailableException(
                $"{store} was written by an older Remediator. Start this version's server on it once, then read it.");
    }
}

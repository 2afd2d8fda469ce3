using System.Text;
using Remediator.Core.Actions;

namespace Remediator.Actions.Hosts.Reach;

/// <summary>
/// A shell script that is a file of this program. What it is given are its arguments and nothing else: they reach the host as quoted words,
/// so that any text is data there. The shell reads the whole before it runs any of it, so half a script does nothing.
/// </summary>
internal sealed class HostScript
{
    private static readonly Lazy<string> Common = new(() => Embedded("common.sh"));
    private readonly Lazy<string> _text;

    public HostScript(string file)
        : this(file, () => Embedded(file))
    {
    }

    internal HostScript(string file, Func<string> text) => (File, _text) = (file, new(text));

    public string File { get; }

    /// <summary>What the shell on the host reads.</summary>
    /// <exception cref="ActionFailedException">An argument holds a NUL, which no argument can.</exception>
    public string With(params IReadOnlyList<string> arguments)
    {
        if (arguments.Any(a => a.Contains('\0', StringComparison.Ordinal)))
            throw new ActionFailedException(FailureKind.Permanent, $"An argument of {File} holds a NUL character; nothing was done.");
        return $"{{\n{Common.Value}\nmain() {{\n{_text.Value}\n}}\n"
            + $"main {string.Join(' ', arguments.Select(Quoted))} </dev/null\nexit\n}}\n";
    }

    /// <summary>A word of a POSIX shell, of any text without NUL.</summary>
    internal static string Quoted(string text) =>
        new StringBuilder("'").Append(text.Replace("'", "'\\''", StringComparison.Ordinal)).Append('\'').ToString();

    private static string Embedded(string file)
    {
        using var stream = typeof(HostScript).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"There is no script {file} in this program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

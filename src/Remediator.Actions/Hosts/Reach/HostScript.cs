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

    public HostScript(string file, HostTrouble trouble = HostTrouble.Service)
        : this(file, () => Embedded(file), trouble)
    {
    }

    internal HostScript(string file, Func<string> text, HostTrouble trouble = HostTrouble.Service) =>
        (File, _text, Trouble) = (file, new(text), trouble);

    public string File { get; }

    public HostTrouble Trouble { get; }

    /// <summary>What defines the script as <c>main</c>, and runs nothing of it.</summary>
    public string Body => $"{Common.Value}\nmain() {{\n{_text.Value}\n}}";

    /// <summary>What a shell reads from its standard input.</summary>
    /// <exception cref="ActionFailedException">An argument holds a NUL, which no argument can.</exception>
    public string With(params IReadOnlyList<string> arguments)
    {
        Check(arguments);
        return $"{{\n{Body}\nmain {string.Join(' ', arguments.Select(Quoted))} </dev/null\nexit\n}}\n";
    }

    /// <exception cref="ActionFailedException">An argument holds a NUL, which no argument can.</exception>
    public void Check(IReadOnlyList<string> arguments)
    {
        if (arguments.Any(a => a.Contains('\0', StringComparison.Ordinal)))
            throw new ActionFailedException(FailureKind.Permanent, $"An argument of {File} holds a NUL character; nothing was done.");
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

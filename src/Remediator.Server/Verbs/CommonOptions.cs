using System.CommandLine;
using Remediator.Server.CommandLine;
using Remediator.Server.Settings;

namespace Remediator.Server.Verbs;

/// <summary>Options that every verb has, and the settings that come of them.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string?> _file = new("--settings")
    {
        HelpName = "FILE",
        Description = "Settings as JSON, like appsettings.json. Environment (REMEDIATOR_SECTION__KEY) and command line override it.",
        Recursive = true,
    };

    private readonly Option<string?> _data = new("--data")
    {
        HelpName = "FOLDER",
        Description = "Where the journal and the tokens are. Default: $STATE_DIRECTORY, else $XDG_DATA_HOME/remediator, else "
            + "~/.local/share/remediator.",
        Recursive = true,
    };

    private readonly Option<string[]> _set = new("--set")
    {
        HelpName = "SECTION:KEY=VALUE",
        Description = "Any setting; can be repeated.",
        Recursive = true,
    };

    public Option<OutputFormat> Output { get; } = new("--output")
    {
        HelpName = "text|json",
        Description = "text for people, json for scripts.",
    };

    public void AddTo(Command root)
    {
        root.Options.Add(_file);
        root.Options.Add(_data);
        root.Options.Add(_set);
        _set.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.IndexOf('=', StringComparison.Ordinal) < 1))
                result.AddError($"--set '{token.Value}' is not SECTION:KEY=VALUE.");
        });
    }

    /// <param name="typed">Settings that options of the verb itself stand for; null where one was not given.</param>
    /// <exception cref="VerbException">The settings file cannot be read.</exception>
    public IConfigurationRoot Settings(ParseResult parsed, params IEnumerable<(string Setting, string? Value)> typed)
    {
        var set = (parsed.GetValue(_set) ?? []).Select(
            s => (s[..s.IndexOf('=', StringComparison.Ordinal)], (string?)s[(s.IndexOf('=', StringComparison.Ordinal) + 1)..]));
        var all = typed.Append(("DataFolder", parsed.GetValue(_data))).Where(s => s.Item2 is not null).Concat(set);
        try
        {
            // if it is given twice, the last one wins
            return SettingsSources.Build(
                parsed.GetValue(_file),
                all.GroupBy(s => s.Item1, StringComparer.OrdinalIgnoreCase).Select(g => KeyValuePair.Create(g.Key, g.Last().Item2)));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new VerbException($"The settings cannot be read: {e.Message}{(e.InnerException is { } why ? $" {why.Message}" : "")}");
        }
    }
}

internal enum OutputFormat { Text, Json }

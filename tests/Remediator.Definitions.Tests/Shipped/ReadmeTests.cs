using System.Text;
using Remediator.Actions;
using Remediator.Core.Actions;
using Remediator.Core.Facts;
using Remediator.Core.Language;

namespace Remediator.Definitions.Tests.Shipped;

/// <summary>The tables of the manuals are those of the program.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void RulesReadme_ListsEveryKindAndField() => Compare("rules", "| kind |", Kinds());

    [Fact]
    public void PlaybooksReadme_ListsEveryActionAndItsInput() => Compare("playbooks", "| action |", Actions());

    /// <param name="head">The beginning of the table's first line; the rows follow after the line below it.</param>
    private static void Compare(string folder, string head, string expected) => Generated.Is($"{folder}/README.md", there =>
    {
        var lines = there.Split('\n');
        var first = Array.FindIndex(lines, l => l.StartsWith(head, StringComparison.Ordinal)) + 2;
        var after = Array.FindIndex(lines, first, l => !l.StartsWith('|'));
        return string.Join('\n', [.. lines[..first], .. expected.TrimEnd().Split('\n'), .. lines[after..]]);
    });

    private static string Kinds()
    {
        var text = new StringBuilder();
        foreach (var kind in FactSchema.Kinds)
            text.Append($"| `{kind.Name}` | {kind.Summary} | {string.Join(", ", kind.Fields.Select(Field))} |\n");
        return text.ToString();
    }

    private static string Field(FactField field) =>
        field.Values is null ? field.Name : $"{field.Name} ({string.Join(" \\| ", field.Values)})";

    private static string Actions()
    {
        var text = new StringBuilder();
        foreach (var action in ActionCatalogue.All()
            .All.Where(a => a is not INotifyAction)
            .OrderBy(a => a.Descriptor.Name, StringComparer.Ordinal))
        {
            var sort = action is IVerifyAction ? "verify" : action.Descriptor.Class.ToString().ToLowerInvariant();
            text.Append($"| `{action.Descriptor.Name}` | {sort} | {action.Descriptor.Summary} | {Input(action.Descriptor.Input)} |\n");
        }

        return text.ToString();
    }

    private static string Input(Type type)
    {
        var input = new ActionInputType(type);
        var example = ActionInputTemplate.Of(Activator.CreateInstance(type)!).Bind(new Dictionary<string, object>());
        return string.Join(
            "; ",
            input.Keys.Select(k => $"`{ActionInputType.Written(k)}`: {Values(input, k)}{Default(type.GetProperty(k)!.GetValue(example))}"));
    }

    private static string Values(ActionInputType input, string key)
    {
        var type = Nullable.GetUnderlyingType(input.TypeOf(key)) ?? input.TypeOf(key);
        if (type.IsEnum) return string.Join(", ", ActionInputType.Written(type));
        if (type == typeof(bool)) return "true, false";
        return input.RangeOf(key) is { } range ? $"{range.Minimum} to {range.Maximum}" : type.Name.ToLowerInvariant();
    }

    private static string Default(object? value) => value switch
    {
        null => "",
        bool flag => flag ? " (true)" : " (false)",
        TimeSpan time => $" ({Duration.Format(time)})",
        Enum choice => $" ({ActionInputType.Written(choice.ToString())})",
        _ => $" ({value})",
    };
}

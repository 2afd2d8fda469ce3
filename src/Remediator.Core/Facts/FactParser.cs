using Remediator.Core.Language;

namespace Remediator.Core.Facts;

internal static class FactParser
{
    public static Fact Parse(string text, DateTimeOffset since)
    {
        var scanner = new Scanner(text);
        var name = scanner.TryIdentifier();
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        if (scanner.TryTake("{")) Labels(scanner, labels);
        if (!scanner.AtEnd) throw scanner.Expected("the end of the fact");
        if (name is null && !labels.Remove("alertname", out name))
            throw scanner.Fault("a fact begins with its kind or alertname: node{node=\"n1\"}");
        return new(name, labels, since);
    }

    private static void Labels(Scanner scanner, Dictionary<string, string> labels)
    {
        while (!scanner.TryTake("}"))
        {
            var label = scanner.AtQuote ? scanner.Quoted("a label") : scanner.TryIdentifier() ?? throw scanner.Expected("a label");
            if (scanner.TryTake("==")) throw scanner.Fault("a label is given with '=', not '=='");
            scanner.Take("=");
            if (!labels.TryAdd(label, scanner.Quoted("a label's value"))) throw scanner.Fault($"the label '{label}' is given twice");
            if (!scanner.TryTake(","))
            {
                scanner.Take("}");
                return;
            }
        }
    }
}

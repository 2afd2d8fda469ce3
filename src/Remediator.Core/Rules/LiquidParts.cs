using Fluid;
using Fluid.Ast;

namespace Remediator.Core.Rules;

/// <summary>What a template reads and which filters it uses.</summary>
internal sealed class LiquidParts : AstVisitor
{
    private readonly SortedSet<string> _variables = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Variables => _variables;

    public string? UnknownFilter { get; private set; }

    public static LiquidParts Of(IFluidTemplate template)
    {
        var parts = new LiquidParts();
        parts.VisitTemplate(template);
        return parts;
    }

    protected override Expression VisitMemberExpression(MemberExpression memberExpression)
    {
        _variables.Add(string.Join(
            '.', memberExpression.Segments.TakeWhile(s => s is IdentifierSegment).Cast<IdentifierSegment>().Select(s => s.Identifier)));
        return base.VisitMemberExpression(memberExpression);
    }

    protected override Expression VisitFilterExpression(FilterExpression filterExpression)
    {
        if (!LiquidDialect.Filters.Contains(filterExpression.Name)) UnknownFilter ??= filterExpression.Name;
        return base.VisitFilterExpression(filterExpression);
    }
}

using System.Linq.Expressions;
using NRules.RuleModel;
using Remediator.Core.Rules;

namespace Remediator.Rete;

/// <summary>One NRules condition. Those with equal text are equal, and NRules tests them once.</summary>
internal sealed record Test(string Text, LambdaExpression Lambda);

/// <summary>The rule language as expressions over a <see cref="MatchInput"/>.</summary>
internal static class Translation
{
    public static ParameterExpression Subject { get; } = Expression.Parameter(typeof(MatchInput), "subject");

    private static readonly ParameterExpression Context = Expression.Parameter(typeof(IContext), "context");
    private static readonly Expression Alert = Expression.Property(Subject, nameof(MatchInput.Alert));

    public static IReadOnlyList<Test> Of(Candidate candidate)
    {
        var alert = candidate.Rule.Alert;
        return [.. Named(alert), .. alert.Matchers.Select(Matches), .. candidate.Conditions.Select(c => Asked(c, candidate.DoubtIsNo))];
    }

    public static LambdaExpression Win(Rule rule) =>
        Expression.Lambda(Expression.Call(Subject, nameof(MatchInput.Win), [], Expression.Constant(rule)), Context, Subject);

    private static IEnumerable<Test> Named(Selector alert) =>
        alert.Name is { } name
            ? [Test(Expression.Equal(Expression.Property(Subject, nameof(MatchInput.Name)), Expression.Constant(name)))]
            : [];

    private static Test Matches(Matcher matcher) =>
        new(
            matcher.ToString(),
            Expression.Lambda(Expression.Call(Expression.Constant(matcher), nameof(Matcher.Matches), [], Alert), Subject));

    private static Test Asked(CandidateCondition asked, bool doubtIsNo)
    {
        var holds = Holds(asked);
        Expression answer = asked.IsUnless ? Expression.Not(holds) : holds;
        return Test(doubtIsNo && Known(asked) is { } known ? Expression.AndAlso(known, answer) : answer);
    }

    private static BinaryExpression Holds(CandidateCondition asked)
    {
        var (condition, count) = (asked.Condition, Count(asked.Term));
        if (!condition.IsCount) return IsPositive(count);
        if (asked.Over < 0) return Compare(condition, Number(count));
        var over = Count(asked.Over);
        return Expression.AndAlso(IsPositive(over), Compare(condition, Expression.Divide(Number(count), Number(over))));
    }

    /// <returns>Null where what holds is known.</returns>
    private static Expression? Known(CandidateCondition asked)
    {
        if (!asked.Condition.IsCount && !asked.IsUnless) return null;
        var known = IsKnown(asked.Term);
        return asked.Over < 0 ? known : Expression.AndAlso(known, Expression.AndAlso(IsKnown(asked.Over), IsPositive(Count(asked.Over))));
    }

    private static BinaryExpression Compare(Condition condition, Expression number)
    {
        var with = Expression.Constant(condition.Number);
        return condition.Comparison switch
        {
            Comparison.Greater => Expression.GreaterThan(number, with),
            Comparison.GreaterOrEqual => Expression.GreaterThanOrEqual(number, with),
            Comparison.Less => Expression.LessThan(number, with),
            Comparison.LessOrEqual => Expression.LessThanOrEqual(number, with),
            Comparison.Equal => Expression.Equal(number, with),
            Comparison.NotEqual => Expression.NotEqual(number, with),
            _ => throw new InvalidOperationException($"'{condition}' compares in an unknown way."),
        };
    }

    private static MethodCallExpression Count(int term) =>
        Expression.Call(Subject, nameof(MatchInput.Count), [], Expression.Constant(term));

    private static MethodCallExpression IsKnown(int term) =>
        Expression.Call(Subject, nameof(MatchInput.IsKnown), [], Expression.Constant(term));

    private static BinaryExpression IsPositive(Expression count) => Expression.GreaterThan(count, Expression.Constant(0));

    private static UnaryExpression Number(Expression count) => Expression.Convert(count, typeof(double));

    private static Test Test(Expression condition) => new(condition.ToString(), Expression.Lambda(condition, Subject));
}

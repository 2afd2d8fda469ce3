using System.Linq.Expressions;
using NRules;
using NRules.RuleModel;
using NRules.RuleModel.Builders;
using Remediator.Core.Facts;
using Remediator.Core.Rules;

namespace Remediator.Rete;

/// <summary>
/// A rule set in NRules' own model. Each distinct term is an NRules rule that selects its facts and groups them by what it joins on: NRules has no indexed
/// joins, so one fact by fact would look at all of them for every alert. Each rule of ours is one that joins the alert with what its terms gathered; it is no
/// Exists or Not, which tell nothing where they fail, and a trace has to.
/// </summary>
internal sealed class Network
{
    private readonly Dictionary<string, (int Id, Term Term)> _terms = new(StringComparer.Ordinal);
    private readonly ISessionFactory _sessions;

    public Network(IEnumerable<CompiledRule> rules)
    {
        var definitions = rules.Select(Answering).ToList();
        definitions.AddRange(_terms.Values.Select(t => Gathering(t.Id, t.Term)));
        _sessions = new RuleCompiler().Compile(definitions);
    }

    /// <returns>A session without facts.</returns>
    public Memory Begin() => new(_sessions.CreateSession(), [.. _terms.Values.Select(t => t.Term)]);

    private static IRuleDefinition Gathering(int id, Term term)
    {
        var rule = new RuleBuilder();
        rule.Name($"gather {term}");
        var groups = rule.LeftHandSide().Pattern(typeof(Groups), "groups").Aggregate();
        groups.Aggregator(nameof(Groups), [new(Groups.Factory.Key, (Expression<Func<Line, JoinKey>>)(line => JoinKey.Of(term.On, line.Fact)))], typeof(Groups.Factory));
        groups.Pattern(typeof(Line), "line").Condition((Expression<Func<Line, bool>>)(line => term.Selector.Matches(line.Fact)));
        rule.RightHandSide().Action((Expression<Action<IContext, Groups>>)((context, groups) => Put(context, new(id, term, groups))));
        return rule.Build();
    }

    private static void Put(IContext context, Gathered gathered)
    {
        if (context.GetLinked(gathered.Id) is null) context.InsertLinked(gathered.Id, gathered);
        else context.UpdateLinked(gathered.Id, gathered);
    }

    private IRuleDefinition Answering(CompiledRule compiled)
    {
        var rule = new RuleBuilder();
        rule.Name($"answer {compiled.Rule.Name}");
        var facts = rule.LeftHandSide();
        facts.Pattern(typeof(Subject), "subject").Condition(Means(compiled.Rule.Alert));
        var terms = new Dictionary<int, ParameterExpression>();
        var inOrder = compiled.Terms.Select(term => OneOf(facts, terms, Known(term))).ToList();
        var (context, subject) = (Expression.Parameter(typeof(IContext), "context"), Expression.Parameter(typeof(Subject), "subject"));
        var answer = Expression.Call(subject, nameof(Subject.Answer), [], Expression.Constant(compiled), Expression.NewArrayInit(typeof(Gathered), inOrder));
        rule.RightHandSide().Action(Expression.Lambda(answer, [context, subject, .. terms.Values]));
        return rule.Build();
    }

    /// <summary>Where a name says it all, rules for the same one share a node of the network.</summary>
    private static Expression<Func<Subject, bool>> Means(Selector alert)
    {
        var name = alert.Name;
        return name is null ? subject => alert.MatchesName(subject.Name) : subject => subject.Name == name;
    }

    private static ParameterExpression OneOf(GroupBuilder facts, Dictionary<int, ParameterExpression> terms, int id)
    {
        if (terms.TryGetValue(id, out var known)) return known;
        var gathered = Expression.Parameter(typeof(Gathered), $"term{id}");
        facts.Pattern(gathered.Type, gathered.Name).Condition(Expression.Lambda(Expression.Equal(Expression.Property(gathered, nameof(Gathered.Id)), Expression.Constant(id)), gathered));
        return terms[id] = gathered;
    }

    private int Known(Term term)
    {
        var text = term.ToString();
        if (_terms.TryGetValue(text, out var known)) return known.Id;
        _terms[text] = (_terms.Count, term);
        return _terms.Count - 1;
    }
}
